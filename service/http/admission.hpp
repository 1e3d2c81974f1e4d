#pragma once

#include "service/callers/caller_meter.hpp"
#include "service/http/raw_head.hpp"
#include "service/http/route.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

/// What is decided on the head of a request, before any body is read. In this order: the path, the
/// method, the origin; who calls, what that caller may do and how often; the query, the media type,
/// the announced length. No input or output, and no cryptography but that of who finds the sender.
namespace service::http {

/// A request that may continue: its route, and how large its body may be.
struct admission {
    route const* to = nullptr;  ///< null: refused before a route was found
    std::optional<core::failure> refused;
    bool must_close = false;  ///< the stream itself cannot be trusted
};

/// The first part: what does not depend on who calls.
///
/// Errors   not_found, method_not_allowed, origin_forbidden; request_invalid for several
///          Authorization fields.
admission admit(
    route_table routes, raw_head const& head, listen_point const& at,
    config::settings const& settings
);

/// The second part, for routes that ask who sends a request.
///
/// place    set to the caller's place in its limit of requests in flight, while it is not refused. A
///          request that has one already was begun, and is looked at again by another configuration:
///          it keeps its place, and takes nothing more out of the bucket.
/// Errors   caller_unauthenticated for credentials of two callers, for who lacks the route's role,
///          and for strangers where they cannot ask anything; caller_forbidden; rate_limited.
std::optional<core::failure> admit_sender(
    route const& to, identity const& by, config::settings const& settings,
    std::chrono::steady_clock::time_point now, caller_lease& place
);

/// The last part: whether the body may be read.
///
/// Errors   request_invalid, media_type_unsupported, body_too_large.
std::optional<core::failure>
admit_body(route const& to, raw_head const& head, config::limit_settings const& limits);

/// The value of the only Authorization field; empty when there is none, or several.
std::string_view authorization_of(raw_head const& head) noexcept;

/// The reply to a request that admit refused; 405 carries Allow.
reply refusal(admission const& why, request const& to);

/// How large the route's body may be, in bytes.
std::uint64_t body_bytes_max(route const& to, config::limit_settings const& limits) noexcept;

}  // namespace service::http
