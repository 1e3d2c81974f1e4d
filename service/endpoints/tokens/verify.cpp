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

/// has_waited  see request::has_waited.
verify_step
begin(verify_task& task, core::crypto::operation_cache& kept, worker& here, bool has_waited)
{
    if (auto refusal = task.read())
        return {std::move(refusal)};
    auto& [terms, token] = task.request();
    terms.memory = &here.memory;
    terms.has_waited = has_waited;
    auto const& in = task.scope();
    auto* const tokens = here.tokens_for(kept);
    return {std::nullopt, verify(terms, token, in.now, &kept, in.counters(), in.budget, tokens)};
}

http::reply answer(verify_task& task, verify_step step, http::request const& request)
{
    if (step.refusal)
        return task.reply(std::move(*step.refusal), request);
    return task.reply(answer_of(step.found, task.request().terms, task.scope()), request);
}

/// The rest of handle_verify.
///
/// step     what was found at once, with a key missing; nullopt: it costs more than this thread may
///          be held up.
asio::awaitable<http::reply> answer_later(
    std::unique_ptr<verify_task> task, std::optional<verify_step> step,
    http::request const& request, worker& here
)
{
    auto work = [&task, &here, has_waited = request.has_waited()](auto& kept) {
        return begin(*task, kept, here, has_waited);
    };
    if (!step)
        step = co_await run_beyond_io(task->costs, here.shared.cpu, std::move(work));
    if (!step)
        co_return http::problem(core::errc::overloaded, request);
    if (step->found.missing) {
        auto& [terms, token] = task->request();
        auto again = verify_after_fetch(terms, token, std::move(step->found), here, task->costs);
        auto found = co_await std::move(again);
        if (!found)
            co_return http::begin_again();
        step->found = std::move(*found);
    }
    co_return answer(*task, std::move(*step), request);
}

}  // namespace

/// A token that lacks another issuer's key waits for the one fetch that it may cause, and is
/// verified once more if that helps. Other tokens never wait.
http::pending_reply handle_verify(http::request const& request, worker& here)
{
    auto task = std::make_unique<verify_task>(verify_operation, request, here);
    auto work = [&](core::crypto::operation_cache& kept) {
        return begin(*task, kept, here, request.has_waited());
    };
    auto step = run_at_once(task->costs, here.operations, work);
    if (step && !step->found.missing)
        return answer(*task, std::move(*step), request);
    if (!step && is_turned_away(task->costs, here.shared.cpu))
        return http::problem(core::errc::overloaded, request);
    return answer_later(std::move(task), std::move(step), request, here);
}

}  // namespace service
