#include "service/http/route.hpp"
#include "service/issuers/registry.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/inline_keys.hpp"
#include "service/operations/sign_request.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/pool_operations.hpp"

namespace service {
namespace {

using read_job = core::result<std::unique_ptr<sign_job>>;

http::reply answer(
    read_job const& job, http::request const& request, shared_state& shared,
    core::crypto::operation_cache& kept
)
{
    if (!job)
        return http::problem(job.error(), request, sign_job::where(job.error()));
    auto const signed_body = (*job)->run(&kept, shared.metrics);
    return signed_body ? http::json_reply(*signed_body)
                       : http::problem(signed_body.error(), request, (*job)->where());
}

}  // namespace

asio::awaitable<http::reply> handle_sign(http::request const& request, worker& here)
{
    auto& shared = here.shared;
    auto const body = parse_body(request.body(), shared.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    bool const reads_dearly =
        shared.settings.inline_keys.sign && prime_recoveries(body->root()) != 0;
    // Read on another thread, it must not see the worker's view replaced.
    auto const seen = here.current();
    sign_job::scope const scope{request.who(),  shared.settings, *seen->ring,
                                shared.metrics, shared.now(),    seen->others.get()};
    if (reads_dearly) {
        auto read_and_run = [&body, &scope, &request, &shared] {
            return answer(sign_job::read(body->root(), scope), request, shared, pool_operations());
        };
        co_return co_await run_on(shared.cpu, std::move(read_and_run));
    }
    auto const job = sign_job::read(body->root(), scope);
    if (!job || !(*job)->is_dear())
        co_return answer(job, request, shared, here.operations);
    // RSA signatures take longer than the I/O of a hundred other requests.
    auto work = [&job, &request, &shared] {
        return answer(job, request, shared, pool_operations());
    };
    co_return co_await run_on(shared.cpu, std::move(work));
}

}  // namespace service
