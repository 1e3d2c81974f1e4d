#pragma once

#include "config/values/settings.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace service::http {

/// Whether the path is /keys/{kid}/revoke, for whatever kid.
bool is_kid_path(std::string_view path, config::settings const&) noexcept;

/// The kid in such a path, with its percent-encoding undone (RFC 3986 section 2.1).
///
/// path     untrusted.
/// Returns  nullopt when it is empty, has more than 256 bytes, a character that a path must encode, or
///          a wrong encoding.
std::optional<std::string> kid_in_path(std::string_view path);

/// "/keys/KID/revoke", with everything encoded but unreserved characters.
std::string path_of_kid(std::string_view kid);

}  // namespace service::http
