#include "service/app/app.hpp"
#include "service/endpoints/endpoints.hpp"
#include "service/http/json_body.hpp"
#include "service/operations/inspect_report.hpp"

namespace service {

asio::awaitable<http::reply> handle_inspect(http::request const& request, worker& here)
{
    auto& app = here.owner;
    auto const body = http::parse_body(request, app.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto const report = inspect_report(body->root(), app.now());
    co_return report ? http::json_reply(*report)
                     : http::problem(report.error(), request, http::context::inspect);
}

}  // namespace service
