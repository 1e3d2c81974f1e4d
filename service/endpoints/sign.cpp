#include "service/app.hpp"
#include "service/async.hpp"
#include "service/endpoints/endpoints.hpp"
#include "service/http/json_body.hpp"
#include "service/issuers/registry.hpp"
#include "service/pool_operations.hpp"
#include "service/sign_job.hpp"

namespace service {

asio::awaitable<http::reply> handle_sign(http::request const& request, worker& here)
{
    auto& app = here.owner;
    auto const body = http::parse_body(request, app.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    sign_job::scope const scope{request,     app.settings, here.ring(),
                                app.metrics, app.now(),    &app.issuers->board()};
    auto const job = sign_job::read(body->root(), scope);
    if (!job)
        co_return http::problem(job.error(), request, sign_job::where(job.error()));
    if (!(*job)->is_dear()) {
        auto const signed_body = (*job)->run(&here.operations, app.metrics);
        co_return signed_body ? http::json_reply(*signed_body)
                              : http::problem(signed_body.error(), request, (*job)->where());
    }
    // RSA signatures take longer than the I/O of a hundred other requests.
    auto work = [&job, &app] { return (*job)->run(&pool_operations(), app.metrics); };
    auto const signed_body = co_await run_on(app.cpu, std::move(work));
    co_return signed_body ? http::json_reply(*signed_body)
                          : http::problem(signed_body.error(), request, (*job)->where());
}

}  // namespace service
