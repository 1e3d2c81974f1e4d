#pragma once

#include "core/base/secret.hpp"
#include "service/state/profiles.hpp"

#include <chrono>
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

/// How the opening of a nested token ended.
struct unwrapping {
    /// nullopt for a token that is not nested, or that the profile does not open.
    core::result<std::optional<nested_jwt>> token = std::optional<nested_jwt>();
    std::optional<outcome> ended{};  ///< nullopt = nothing was opened
    std::chrono::steady_clock::duration took{};
    core::key_management_algorithm const* algorithm = nullptr;  ///< of a token that was opened
};

/// Opens a nested token where the profile decrypts, exactly one layer. The result goes through the
/// profile like any other token.
///
/// token    untrusted.
/// budget   of the request; null = not bounded.
/// kept     this thread's operations with configured keys; null = none are kept.
/// Errors   token_too_large; token_malformed (segments) when the profile requires encryption and
///          there is none; header_invalid when cty is not JWT; those of core::decrypt.
/// Source   RFC 7519 section 5.2: "it will contain the value "JWT""
unwrapping unwrap(
    ready_profile const& by, std::string_view token, config::limit_settings const& limits,
    core::work_budget* budget, core::crypto::operation_cache* kept
);

/// Counts how it ended. Call it once.
void count(unwrapping const& what, ready_profile const& by, metrics& counters);

}  // namespace service
