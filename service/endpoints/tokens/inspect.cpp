#include "service/http/route.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/inspect_reply.hpp"

namespace service {

asio::awaitable<http::reply> handle_inspect(http::request const& request, worker& here)
{
    auto& shared = here.shared;
    auto const body = parse_body(request.body(), shared.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto const report = inspect_report(body->root(), shared.now());
    co_return report ? http::json_reply(*report)
                     : http::problem(report.error(), request, context::inspect);
}

}  // namespace service
