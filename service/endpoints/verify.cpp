#include "service/app.hpp"
#include "service/endpoints/endpoints.hpp"
#include "service/http/json_body.hpp"
#include "service/issuers/registry.hpp"
#include "service/verify_job.hpp"

namespace service {

/// A token that lacks another issuer's key waits for the one fetch that it may cause, and is
/// verified once more; all others never wait.
asio::awaitable<http::reply> handle_verify(http::request const& request, worker& here)
{
    auto& app = here.owner;
    auto const body = http::parse_body(request, app.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto job = verify_job::read(body->root(), app.settings, here.profiles());
    if (!job)
        co_return http::problem(job.error(), request, verify_job::where(job.error()));
    auto now = app.now();
    std::optional<missing_key> missing;
    auto token = (*job)->run(now, &here.operations, app.metrics, &missing);
    if (missing) {
        bool const came = co_await app.issuers->wait_for(*missing);
        if (came)  // what was read once is read again without a failure
            job = verify_job::read(body->root(), app.settings, here.profiles());
        now = app.now();
        token = (*job)->run(now, &here.operations, app.metrics);
    }
    if (!token)
        co_return http::problem(token.error(), request, (*job)->where());
    co_return http::json_reply((*job)->reply_body(*token, now));
}

}  // namespace service
