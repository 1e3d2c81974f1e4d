#include "service/app/app.hpp"
#include "service/endpoints/endpoints.hpp"
#include "service/issuers/registry.hpp"
#include "service/operations/encrypt_job.hpp"
#include "service/runtime/async.hpp"

namespace service {

asio::awaitable<http::reply> handle_encrypt(http::request const& request, worker& here)
{
    auto& app = here.owner;
    auto const body = http::parse_body(request, app.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    key_scope const scope{request, app.settings, here.ring(), app.metrics, &app.issuers->board()};
    auto const job = encrypt_job::read(body->root(), scope);
    if (!job)
        co_return http::problem(job.error(), request, encrypt_job::where(job.error()));
    auto run = [&job, &request, &app] {
        auto const sealed = (*job)->run(app.metrics);
        return sealed ? http::json_reply(*sealed)
                      : http::problem(sealed.error(), request, (*job)->where());
    };
    if (!(*job)->is_dear())
        co_return run();
    co_return co_await run_on(app.cpu, std::move(run));
}

}  // namespace service
