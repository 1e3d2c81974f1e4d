#pragma once

#include "service/http/raw_head.hpp"
#include "service/http/route.hpp"

#include <cstdint>
#include <optional>

namespace service::http {

/// A request that may continue: its route, and how large its body may be.
struct admission {
    route const* to = nullptr;  ///< null: refused before a route was found
    std::optional<core::failure> refused;
    bool must_close = false;  ///< the stream itself cannot be trusted
};

/// Decides only on the head, before any body is read: path, method, origin, who calls (where
/// strangers cannot ask anything), query, media type, announced length; in that order. Pure.
///
/// from     the peer, by which a Unix caller is known.
/// digest   of the request, see credentials.
/// Errors   not_found, method_not_allowed, origin_forbidden, caller_unauthenticated,
///          request_invalid, media_type_unsupported, body_too_large.
admission admit(
    route_table routes, raw_head const& head, peer const& from, listen_point const& at,
    config::settings const& settings, std::optional<secret_digest>* digest = nullptr
);

/// The reply to a request that admit refused; 405 carries Allow.
reply refusal(admission const& why, request const& to);

/// How large the route's body may be, in bytes.
std::uint64_t body_bytes_max(route const& to, config::limit_settings const& limits) noexcept;

}  // namespace service::http
