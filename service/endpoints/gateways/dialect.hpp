#pragma once

#include "config/values/dialect.hpp"
#include "core/policy/original_request.hpp"
#include "service/endpoints/gateways/decision.hpp"
#include "service/http/request.hpp"

#include <string_view>

namespace service {

/// How one kind of gateway asks, and what it understands: one file per dialect. Both functions are
/// pure.
struct gateway_dialect {
    config::dialect name;
    /// Where its calls come; what follows, up to a slash, is the name of the profile. Empty = only
    /// /auth itself.
    std::string_view prefix;
    /// Whether a call tells the original request, so that only trusted gateways may ask.
    bool tells_request;
    /// Reads the original request.
    ///
    /// call     untrusted. The result views into it.
    /// Errors   request_invalid: something is missing, repeated or malformed; path_forbidden.
    core::result<core::original_request> (*read)(http::request const& call);
    /// Puts a decision into words that the gateway understands.
    http::reply (*answer)(decision what);
};

extern gateway_dialect const plain_dialect;
extern gateway_dialect const forward_dialect;
extern gateway_dialect const nginx_dialect;
extern gateway_dialect const envoy_dialect;

/// The dialect of this name.
gateway_dialect const& dialect_of(config::dialect name) noexcept;

/// The name of the profile in the path of a call, as it was sent: it is not decoded.
///
/// Returns  empty = the path names none.
std::string_view profile_in(gateway_dialect const& of, std::string_view path) noexcept;

/// Whether a path names a profile, and nothing after it; envoy: whatever follows.
bool is_forward_path(std::string_view path, config::settings const&) noexcept;
bool is_nginx_path(std::string_view path, config::settings const&) noexcept;
bool is_envoy_path(std::string_view path, config::settings const&) noexcept;

}  // namespace service
