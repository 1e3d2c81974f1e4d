#pragma once

#include "service/http/reply.hpp"
#include "service/http/request.hpp"
#include "service/state/worker.hpp"

#include <boost/asio/awaitable.hpp>

namespace service {

namespace asio = boost::asio;

/// One function an endpoint. `request` and `worker` outlive the coroutine.
using handler = asio::awaitable<http::reply> (*)(http::request const&, worker&);

asio::awaitable<http::reply> handle_sign(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_sign_batch(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_verify(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_verify_batch(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_encrypt(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_decrypt(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_inspect(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_auth(http::request const& request, worker& here);

asio::awaitable<http::reply> handle_jwks(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_discovery(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_openapi(http::request const& request, worker& here);

asio::awaitable<http::reply> handle_livez(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_readyz(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_healthz(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_metrics(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_version(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_keys(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_issuers(http::request const& request, worker& here);

}  // namespace service
