#include "service/endpoints/endpoints.hpp"

namespace service {

asio::awaitable<http::reply> handle_sign(http::request const& request, worker&)
{
    co_return http::problem(core::errc::not_found, request);
}

asio::awaitable<http::reply> handle_sign_batch(http::request const& request, worker&)
{
    co_return http::problem(core::errc::not_found, request);
}

}  // namespace service
