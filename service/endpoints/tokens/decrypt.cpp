#include "service/operations/decrypt.hpp"

#include "service/endpoints/tokens/perform.hpp"

namespace service {
namespace {

using decrypt_task = operation_task<decrypt_request>;

decrypt_step begin(decrypt_task& task, core::crypto::operation_cache& kept)
{
    auto const& what = task.request();
    if (!what)
        return {decrypt_operation.refuse(what.error())};
    return begin_decrypt(*what, task.scope(), &kept);
}

/// Waits for the key that the token inside lacks, as /verify does.
asio::awaitable<operation_answer>
verify_later(decrypt_task& task, opened_token opened, worker& here)
{
    auto& terms = *task.request()->verify;
    auto const text = core::as_text(opened.jwe.plaintext.view());
    auto again = verify_after_fetch(terms, text, std::move(opened.found), here);
    opened.found = co_await std::move(again);
    co_return finish_decrypt(terms, std::move(opened), task.scope());
}

}  // namespace

asio::awaitable<http::reply> handle_decrypt(http::request const& request, worker& here)
{
    auto& shared = here.shared;
    auto body = parse_body(request.body(), shared.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto const task = std::make_shared<decrypt_task>(
        decrypt_operation, std::move(*body), scope_of(request, here)
    );
    if (!task->is_expensive_to_read())
        task->read();
    auto work = [task](core::crypto::operation_cache& kept) { return begin(*task, kept); };
    auto step = co_await run_by_cost(
        task->is_expensive_to_run(), shared.cpu, here.operations, std::move(work)
    );
    if (step.opened) {
        auto rest = verify_later(*task, std::move(*step.opened), here);
        step.answer = co_await std::move(rest);
    }
    co_return reply_of(std::move(step.answer), request);
}

}  // namespace service
