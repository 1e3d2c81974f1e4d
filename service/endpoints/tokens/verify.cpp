#include "service/http/route.hpp"
#include "service/issuers/registry.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/verify_job.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/pool_operations.hpp"

namespace service {
namespace {

/// On the I/O thread, unless opening the token takes longer than the I/O of a hundred others.
/// What it refers to stands until the answer does.
asio::awaitable<http::reply> answer(
    verify_job const& job, http::request const& request, worker& here,
    std::optional<missing_key>* missing
)
{
    auto& shared = here.shared;
    auto run = [&job, &request, &shared, now = shared.now(),
                missing](core::crypto::operation_cache& kept) {
        auto const token = job.run(now, &kept, shared.metrics, missing);
        return token ? http::json_reply(job.reply_body(*token, now))
                     : http::problem(token.error(), request, job.where());
    };
    if (!job.is_dear())
        co_return run(here.operations);
    auto work = [&run] { return run(pool_operations()); };
    co_return co_await run_on(shared.cpu, std::move(work));
}

}  // namespace

/// A token that lacks another issuer's key waits for the one fetch that it may cause, and is
/// verified once more; all others never wait.
asio::awaitable<http::reply> handle_verify(http::request const& request, worker& here)
{
    auto& shared = here.shared;
    auto const body = parse_body(request.body(), shared.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto job = verify_job::read(body->root(), here.current(), request.who());
    if (!job)
        co_return http::problem(job.error(), request, verify_job::where(job.error()));
    std::optional<missing_key> missing;
    auto reply = co_await answer(**job, request, here, &missing);
    if (missing) {
        bool const came = co_await shared.issuers.wait_for(*missing);
        if (came)  // what was read once is read again without a failure
            job = verify_job::read(body->root(), here.current(), request.who());
        reply = co_await answer(**job, request, here, nullptr);
    }
    co_return reply;
}

}  // namespace service
