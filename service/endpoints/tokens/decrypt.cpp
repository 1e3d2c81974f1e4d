#include "service/operations/decrypt.hpp"

#include "service/endpoints/tokens/perform.hpp"

namespace service {
namespace {

using decrypt_task = operation_task<decrypt_request>;

decrypt_step begin(decrypt_task& task, core::crypto::operation_cache& kept)
{
    if (auto refusal = task.read())
        return {std::move(*refusal)};
    return begin_decrypt(task.request(), task.scope(), &kept);
}

/// Waits for the key that the token inside lacks, as /verify does.
asio::awaitable<operation_answer>
verify_later(decrypt_task& task, opened_token opened, worker& here)
{
    auto& terms = *task.request().verify;
    auto const text = core::as_text(opened.jwe.plaintext.view());
    auto again = verify_after_fetch(terms, text, std::move(opened.found), here, task.costs);
    opened.found = co_await std::move(again);
    co_return finish_decrypt(terms, std::move(opened), task.scope());
}

}  // namespace

asio::awaitable<http::reply> handle_decrypt(http::request const& request, worker& here)
{
    auto const task = std::make_shared<decrypt_task>(decrypt_operation, request, here);
    auto work = [task](core::crypto::operation_cache& kept) { return begin(*task, kept); };
    auto step =
        co_await run_by_cost(task->costs, here.shared.cpu, here.operations, std::move(work));
    if (!step)
        co_return http::problem(core::errc::overloaded, request);
    if (step->opened) {
        auto rest = verify_later(*task, std::move(*step->opened), here);
        step->answer = co_await std::move(rest);
    }
    co_return reply_of(std::move(step->answer), request);
}

}  // namespace service
