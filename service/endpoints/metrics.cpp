#include "service/app.hpp"
#include "service/endpoints/endpoints.hpp"
#include "service/issuers/registry.hpp"

namespace service {

asio::awaitable<http::reply> handle_metrics(http::request const&, worker& here)
{
    http::reply answer;
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    auto const more = [&from = *here.owner.issuers](families& to) { from.add_families(to); };
    answer.body = here.owner.metrics.text(here.ring(), more);
    co_return answer;
}

}  // namespace service
