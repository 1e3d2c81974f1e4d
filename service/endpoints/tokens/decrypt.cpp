#include "service/app/app.hpp"
#include "service/endpoints/endpoints.hpp"
#include "service/http/json_body.hpp"
#include "service/operations/decrypt_job.hpp"
#include "service/operations/inline_keys.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/pool_operations.hpp"

namespace service {
namespace {

using read_job = core::result<std::unique_ptr<decrypt_job>>;

http::reply answer(
    read_job const& job, http::request const& request, app& owner, core::instant now,
    core::crypto::operation_cache& kept
)
{
    if (!job)
        return http::problem(job.error(), request, decrypt_job::where(job.error()));
    auto failed_in = http::context::decrypt;
    auto const opened = (*job)->run(now, &kept, owner.metrics, failed_in);
    return opened ? http::json_reply(*opened) : http::problem(opened.error(), request, failed_in);
}

}  // namespace

asio::awaitable<http::reply> handle_decrypt(http::request const& request, worker& here)
{
    auto& app = here.owner;
    auto const body = http::parse_body(request, app.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto const root = body->root();
    bool const reads_dearly = app.settings.inline_keys.decrypt
        && (root.find("keys") || root.find("jwks") || prime_recoveries(root) != 0);
    // Read on another thread, it must not see the worker's view replaced.
    auto const ring = reads_dearly ? here.ring() : core::ring_view();
    key_scope const scope{
        request, app.settings, reads_dearly ? ring : here.ring(), app.metrics, nullptr};
    auto const profiles = here.profiles();
    auto const now = app.now();
    if (reads_dearly) {
        auto read_and_run = [&body, &scope, &profiles, &request, &app, now] {
            auto const job = decrypt_job::read(body->root(), scope, profiles);
            return answer(job, request, app, now, pool_operations());
        };
        co_return co_await run_on(app.cpu, std::move(read_and_run));
    }
    auto const job = decrypt_job::read(body->root(), scope, profiles);
    if (!job || !(*job)->is_dear())
        co_return answer(job, request, app, now, here.operations);
    auto work = [&job, &request, &app, now] {
        return answer(job, request, app, now, pool_operations());
    };
    co_return co_await run_on(app.cpu, std::move(work));
}

}  // namespace service
