#include "service/app.hpp"
#include "service/endpoints/endpoints.hpp"

namespace service {

asio::awaitable<http::reply> handle_metrics(http::request const&, worker& here)
{
    http::reply answer;
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    answer.body = here.owner.metrics.text(here.ring());
    co_return answer;
}

}  // namespace service
