#pragma once

#include "service/endpoints/endpoints.hpp"
#include "service/http/raw_head.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace service::http {

/// How much body a route takes.
enum class body_class : std::uint8_t { none, single, batch, encryption };

/// Who serves a route: a data listener that opens an endpoint, or the admin and probes listeners.
enum class place : std::uint8_t { data, data_and_admin, admin, admin_and_probes };

/// One row of the route table.
struct route {
    std::string_view path;     ///< exact
    std::string_view methods;  ///< as Allow says it; empty = any
    service::handler handle;
    http::place place = http::place::data;
    std::optional<config::endpoint> endpoint = std::nullopt;  ///< which opens it on a data listener
    body_class body = body_class::none;
    std::string_view query = {};  ///< the one query parameter that it knows
    bool reads_no_body = false;   ///< answers before the body, whatever method, type and query
    bool any_origin = false;      ///< health, metrics, /.well-known and /auth
};

/// A request that may go on: where to, and how much body it may bring.
struct admission {
    route const* to = nullptr;  ///< null: refused before a route was found
    std::optional<core::failure> refused;
    bool must_close = false;  ///< the stream itself is suspect
};

/// Decides on the head only, before any body is read: path, method, origin, who calls where
/// strangers have nothing to ask, query, media type, announced length; in that order. Pure.
///
/// from     the peer, which a Unix caller is known by.
/// Errors   not_found, method_not_allowed, origin_forbidden, caller_unauthenticated,
///          request_invalid, media_type_unsupported, body_too_large.
admission admit(
    raw_head const& head, peer const& from, listen_point const& at, config::settings const& settings
);

/// The reply to a request that admit refused; 405 carries Allow.
reply refusal(admission const& why, request const& to);

std::uint64_t body_bytes_max(route const& to, config::limit_settings const& limits) noexcept;

/// The reply of a route's handler; a handler that throws is a logged 500.
asio::awaitable<reply> dispatch(route const& to, request const& from, worker& here);

/// Metric labels: index 0 is `other`, then the table's paths in order.
std::vector<std::string_view> route_names();
unsigned route_index(route const* one) noexcept;

}  // namespace service::http
