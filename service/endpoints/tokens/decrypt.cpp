#include "service/operations/decrypt.hpp"

#include "service/endpoints/tokens/perform.hpp"

namespace service {
namespace {

using decrypt_task = operation_task<decrypt_request>;

/// has_waited  see request::has_waited.
decrypt_step begin(decrypt_task& task, core::crypto::operation_cache& kept, bool has_waited)
{
    if (auto refusal = task.read())
        return {std::move(*refusal)};
    if (task.request().verify)
        task.request().verify->has_waited = has_waited;
    return begin_decrypt(task.request(), task.scope(), &kept);
}

/// Waits for the key that the token inside lacks, as /verify does.
asio::awaitable<http::reply> answer_later(
    std::shared_ptr<decrypt_task> task, opened_token opened, http::request const& request,
    worker& here
)
{
    auto& terms = *task->request().verify;
    auto const text = core::as_text(opened.jwe.plaintext.view());
    auto again = verify_after_fetch(terms, text, std::move(opened.found), here, task->costs);
    auto found = co_await std::move(again);
    if (!found)
        co_return http::begin_again();
    opened.found = std::move(*found);
    co_return task->reply(finish_decrypt(terms, std::move(opened), task->scope()), request);
}

}  // namespace

asio::awaitable<http::reply> handle_decrypt(http::request const& request, worker& here)
{
    auto const task = std::make_shared<decrypt_task>(decrypt_operation, request, here);
    auto work = [task, has_waited = request.has_waited()](core::crypto::operation_cache& kept) {
        return begin(*task, kept, has_waited);
    };
    auto step =
        co_await run_by_cost(task->costs, here.shared.cpu, here.operations, std::move(work));
    if (!step)
        co_return http::problem(core::errc::overloaded, request);
    if (step->opened) {
        auto rest = answer_later(task, std::move(*step->opened), request, here);
        co_return co_await std::move(rest);
    }
    co_return task->reply(std::move(step->answer), request);
}

}  // namespace service
