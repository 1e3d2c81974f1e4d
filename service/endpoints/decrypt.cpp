#include "service/app.hpp"
#include "service/async.hpp"
#include "service/decrypt_job.hpp"
#include "service/endpoints/endpoints.hpp"
#include "service/http/json_body.hpp"
#include "service/pool_operations.hpp"

namespace service {

asio::awaitable<http::reply> handle_decrypt(http::request const& request, worker& here)
{
    auto& app = here.owner;
    auto const body = http::parse_body(request, app.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    key_scope const scope{request, app.settings, here.ring(), app.metrics, nullptr};
    auto const job = decrypt_job::read(body->root(), scope, here.profiles());
    if (!job)
        co_return http::problem(job.error(), request, decrypt_job::where(job.error()));
    auto const now = app.now();
    auto run = [&job, &request, &app, now](core::crypto::operation_cache& kept) {
        auto failed_in = http::context::decrypt;
        auto const opened = (*job)->run(now, &kept, app.metrics, failed_in);
        return opened ? http::json_reply(*opened)
                      : http::problem(opened.error(), request, failed_in);
    };
    if (!(*job)->is_dear())
        co_return run(here.operations);
    auto work = [&run] { return run(pool_operations()); };
    co_return co_await run_on(app.cpu, std::move(work));
}

}  // namespace service
