#include "service/http/route.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/decrypt_request.hpp"
#include "service/operations/inline_keys.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/pool_operations.hpp"

namespace service {
namespace {

using read_job = core::result<std::unique_ptr<decrypt_job>>;

http::reply answer(
    read_job const& job, http::request const& request, shared_state& shared, core::instant now,
    core::crypto::operation_cache& kept
)
{
    if (!job)
        return http::problem(job.error(), request, decrypt_job::where(job.error()));
    auto failed_in = context::decrypt;
    auto const opened = (*job)->run(now, &kept, shared.metrics, failed_in);
    return opened ? http::json_reply(*opened) : http::problem(opened.error(), request, failed_in);
}

}  // namespace

asio::awaitable<http::reply> handle_decrypt(http::request const& request, worker& here)
{
    auto& shared = here.shared;
    auto const body = parse_body(request.body(), shared.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto const root = body->root();
    bool const reads_dearly = shared.settings.inline_keys.decrypt
        && (root.find("keys") || root.find("jwks") || prime_recoveries(root) != 0);
    // Read on another thread, it must not see the worker's view replaced.
    auto const seen = here.current();
    key_scope const scope{request.who(), shared.settings, *seen->ring, shared.metrics, nullptr};
    auto const now = shared.now();
    if (reads_dearly) {
        auto read_and_run = [&body, &scope, &seen, &request, &shared, now] {
            auto const job = decrypt_job::read(body->root(), scope, seen);
            return answer(job, request, shared, now, pool_operations());
        };
        co_return co_await run_on(shared.cpu, std::move(read_and_run));
    }
    auto const job = decrypt_job::read(body->root(), scope, seen);
    if (!job || !(*job)->is_dear())
        co_return answer(job, request, shared, now, here.operations);
    auto work = [&job, &request, &shared, now] {
        return answer(job, request, shared, now, pool_operations());
    };
    co_return co_await run_on(shared.cpu, std::move(work));
}

}  // namespace service
