#pragma once

#include "core/base/secret.hpp"
#include "service/state/profiles.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace service {

/// Longest nested token on /verify: opening one takes time and memory before anything about its
/// sender is known.
inline constexpr std::size_t nested_bytes_max = 48U * 1024U;

/// Bytes of the longest token that unwrap opens.
std::size_t longest_nested_token(config::limit_settings const& limits) noexcept;

/// The JWT that was inside a JWE. Nothing about it is trusted yet.
struct nested_jwt {
    core::secret_bytes token;
    std::string jwe_header;  ///< JSON text of the JWE's protected header
};

/// Whether a token has the five parts of a compact JWE.
bool is_compact_jwe(std::string_view token) noexcept;

/// Whether unwrap would do work that belongs off the I/O threads.
bool unwrapping_is_expensive(ready_profile const& by, std::string_view token) noexcept;

/// Opens a nested token where the profile decrypts, exactly one layer, and counts the outcome. The
/// result goes through the profile like any other token.
///
/// token    untrusted.
/// Returns  nullopt for a token that is not nested, or that the profile does not open.
/// Errors   token_too_large; token_malformed (segments) when the profile requires encryption and
///          there is none; header_invalid when cty is not JWT; those of core::decrypt.
/// Source   RFC 7519 section 5.2: "it will contain the value "JWT""
core::result<std::optional<nested_jwt>> unwrap(
    ready_profile const& by, std::string_view token, config::limit_settings const& limits,
    metrics& counters
);

}  // namespace service
