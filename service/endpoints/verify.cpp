#include "service/app.hpp"
#include "service/endpoints/endpoints.hpp"
#include "service/http/json_body.hpp"
#include "service/verify_job.hpp"

namespace service {

asio::awaitable<http::reply> handle_verify(http::request const& request, worker& here)
{
    auto& app = here.owner;
    auto const body = http::parse_body(request, app.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto const job = verify_job::read(body->root(), app.settings, here.profiles());
    if (!job)
        co_return http::problem(job.error(), request, verify_job::where(job.error()));
    auto const now = app.now();
    auto const token = (*job)->run(now, &here.operations, app.metrics);
    if (!token)
        co_return http::problem(token.error(), request, (*job)->where());
    co_return http::json_reply((*job)->reply_body(*token, now));
}

}  // namespace service
