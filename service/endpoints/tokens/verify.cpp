#include "service/endpoints/tokens/perform.hpp"
#include "service/operations/verify_operation.hpp"
#include "service/operations/verify_reply.hpp"

namespace service {
namespace {

using verify_task = operation_task<verify_request>;

/// How far a request came without a wait.
struct verify_step {
    std::optional<operation_answer> refusal{};  ///< of a request that could not be read
    verdict found{};
};

verify_step begin(verify_task& task, core::crypto::operation_cache& kept, worker& here)
{
    if (auto refusal = task.read())
        return {std::move(refusal)};
    auto const& [terms, token] = task.request();
    auto const& in = task.scope();
    auto* const tokens = here.tokens_for(kept);
    return {std::nullopt, verify(terms, token, in.now, &kept, in.counters, in.budget, tokens)};
}

}  // namespace

/// A token that lacks another issuer's key waits for the one fetch that it may cause, and is
/// verified once more if that helps. Other tokens never wait.
asio::awaitable<http::reply> handle_verify(http::request const& request, worker& here)
{
    verify_task task(verify_operation, request, here);
    auto work = [&task, &here](core::crypto::operation_cache& kept) {
        return begin(task, kept, here);
    };
    auto step = co_await run_by_cost(task.costs, here.shared.cpu, here.operations, std::move(work));
    if (!step)
        co_return http::problem(core::errc::overloaded, request);
    if (step->refusal)
        co_return reply_of(std::move(*step->refusal), request);
    auto& terms = task.request().terms;
    auto const& token = task.request().token;
    auto& found = step->found;
    if (found.missing) {
        auto again = verify_after_fetch(terms, token, std::move(found), here, task.costs);
        found = co_await std::move(again);
    }
    co_return reply_of(answer_of(found, terms, task.scope()), request);
}

}  // namespace service
