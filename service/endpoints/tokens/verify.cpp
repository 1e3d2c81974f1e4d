#include "service/endpoints/tokens/perform.hpp"
#include "service/operations/verify_reply.hpp"
#include "service/operations/verify_request_reader.hpp"

namespace service {
namespace {

/// One /verify request from its members to its verdict. It may begin again when its budget held it
/// up, and what was read is kept.
class verify_task {
public:
    verify_task(http::request const& request, worker& here)
        : costs(costs_of(request.who(), here.shared.settings)),
          in(scope_of(request, here, costs.budget)), text_(request.body())
    {
    }

    request_costs costs;
    request_scope in;
    std::optional<operation_answer> refusal;  ///< of a request that could not be read
    std::optional<verify_request> read;

    verdict run(core::crypto::operation_cache& kept)
    {
        if (!read && !read_all())
            return {};
        return verify(read->terms, read->token, in.now, &kept, in.counters, in.budget);
    }

private:
    bool read_all()
    {
        auto const body = parse_body(text_, in.settings().limits, in.budget);
        if (!body)
            return refuse({body.error(), context::request});
        auto made = read_verify_request(body->root(), in);
        if (!made)
            return refuse(refusal_of_unread_verify(made.error()));
        if (costs.budget.is_held_up())
            return false;
        read.emplace(std::move(*made));
        return true;
    }
    bool refuse(operation_answer with)
    {
        if (!costs.budget.is_held_up())
            refusal.emplace(std::move(with));
        return false;
    }

    std::string_view text_;
};

}  // namespace

/// A token that lacks another issuer's key waits for the one fetch that it may cause, and is
/// verified once more if that helps. Other tokens never wait.
asio::awaitable<http::reply> handle_verify(http::request const& request, worker& here)
{
    verify_task task(request, here);
    auto work = [&task](core::crypto::operation_cache& kept) { return task.run(kept); };
    auto found =
        co_await run_by_cost(task.costs, here.shared.cpu, here.operations, std::move(work));
    if (!found)
        co_return http::problem(core::errc::overloaded, request);
    if (task.refusal)
        co_return reply_of(std::move(*task.refusal), request);
    auto& terms = task.read->terms;
    auto const& token = task.read->token;
    if (found->missing) {
        auto again = verify_after_fetch(terms, token, std::move(*found), here, task.costs);
        found = co_await std::move(again);
    }
    co_return reply_of(answer_of(*found, terms, task.in), request);
}

}  // namespace service
