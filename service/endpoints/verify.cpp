#include "service/app.hpp"
#include "service/async.hpp"
#include "service/endpoints/endpoints.hpp"
#include "service/http/json_body.hpp"
#include "service/pool_operations.hpp"
#include "service/verify_job.hpp"

namespace service {

asio::awaitable<http::reply> handle_verify(http::request const& request, worker& here)
{
    auto& app = here.owner;
    auto const body = http::parse_body(request, app.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto const job = verify_job::read(body->root(), app.settings, here.profiles(), request);
    if (!job)
        co_return http::problem(job.error(), request, verify_job::where(job.error()));
    auto const now = app.now();
    auto run = [&job, &request, &app, now](core::crypto::operation_cache& kept) {
        auto const token = (*job)->run(now, &kept, app.metrics);
        return token ? http::json_reply((*job)->reply_body(*token, now))
                     : http::problem(token.error(), request, (*job)->where());
    };
    if (!(*job)->is_dear())
        co_return run(here.operations);
    // Opening with an RSA key takes longer than the I/O of a hundred other requests.
    auto work = [&run] { return run(pool_operations()); };
    co_return co_await run_on(app.cpu, std::move(work));
}

}  // namespace service
