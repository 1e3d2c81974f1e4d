#include "core/json/json.hpp"
#include "service/http/route.hpp"

namespace service {

asio::awaitable<http::reply> handle_version(http::request const&, worker&)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object().member("name", "signet").member("version", SIGNET_VERSION).end_object();
    co_return http::json_reply(std::move(text));
}

}  // namespace service
