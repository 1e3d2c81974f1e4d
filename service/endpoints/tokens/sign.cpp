#include "service/app/app.hpp"
#include "service/endpoints/endpoints.hpp"
#include "service/http/json_body.hpp"
#include "service/issuers/registry.hpp"
#include "service/operations/inline_keys.hpp"
#include "service/operations/sign_job.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/pool_operations.hpp"

namespace service {
namespace {

using read_job = core::result<std::unique_ptr<sign_job>>;

http::reply answer(
    read_job const& job, http::request const& request, app& owner,
    core::crypto::operation_cache& kept
)
{
    if (!job)
        return http::problem(job.error(), request, sign_job::where(job.error()));
    auto const signed_body = (*job)->run(&kept, owner.metrics);
    return signed_body ? http::json_reply(*signed_body)
                       : http::problem(signed_body.error(), request, (*job)->where());
}

}  // namespace

asio::awaitable<http::reply> handle_sign(http::request const& request, worker& here)
{
    auto& app = here.owner;
    auto const body = http::parse_body(request, app.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    bool const reads_dearly = app.settings.inline_keys.sign && prime_recoveries(body->root()) != 0;
    // Read on another thread, it must not see the worker's view replaced.
    auto const ring = reads_dearly ? here.ring() : core::ring_view();
    sign_job::scope const scope{request,     app.settings, reads_dearly ? ring : here.ring(),
                                app.metrics, app.now(),    &app.issuers->board()};
    if (reads_dearly) {
        auto read_and_run = [&body, &scope, &request, &app] {
            return answer(sign_job::read(body->root(), scope), request, app, pool_operations());
        };
        co_return co_await run_on(app.cpu, std::move(read_and_run));
    }
    auto const job = sign_job::read(body->root(), scope);
    if (!job || !(*job)->is_dear())
        co_return answer(job, request, app, here.operations);
    // RSA signatures take longer than the I/O of a hundred other requests.
    auto work = [&job, &request, &app] { return answer(job, request, app, pool_operations()); };
    co_return co_await run_on(app.cpu, std::move(work));
}

}  // namespace service
