#include "service/endpoints/published/openapi_text.hpp"
#include "service/http/route.hpp"

namespace service {

asio::awaitable<http::reply> handle_openapi(http::request const&, worker&)
{
    http::reply answer;
    answer.content_type = "application/yaml";
    answer.body = openapi_text();
    co_return answer;
}

}  // namespace service
