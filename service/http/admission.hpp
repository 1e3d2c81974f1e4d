#pragma once

#include "service/http/raw_head.hpp"
#include "service/http/route.hpp"

#include <cstdint>
#include <optional>

namespace service::http {

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
    route_table routes, raw_head const& head, peer const& from, listen_point const& at,
    config::settings const& settings
);

/// The reply to a request that admit refused; 405 carries Allow.
reply refusal(admission const& why, request const& to);

/// How much body the route takes, in octets.
std::uint64_t body_bytes_max(route const& to, config::limit_settings const& limits) noexcept;

}  // namespace service::http
