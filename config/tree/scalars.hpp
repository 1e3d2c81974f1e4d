#pragma once

#include "config/values/settings.hpp"

#include <optional>
#include <string_view>

/// How single values are written. Each reads the whole text or nothing.
namespace config {

/// "250ms", "30s", "15m", "24h", "7d": digits and one unit; at most ten years.
std::optional<milliseconds> parse_duration(std::string_view text) noexcept;
/// In the largest unit that leaves no remainder: "90s", "2m"; one day is "24h".
std::string in_words(milliseconds length);

/// Bytes: digits, or digits and KiB or MiB.
std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;
/// In the largest unit that leaves no remainder: "1000", "64KiB".
std::string size_in_words(std::uint64_t bytes);

std::optional<std::uint64_t> parse_whole(std::string_view text) noexcept;

/// "127.0.0.1:8080", "[::1]:8080", "unix:/run/signet.sock".
std::optional<address> parse_address(std::string_view text);

/// 64 hexadecimal digits as 32 octets.
std::optional<std::string> parse_sha256(std::string_view text);

/// A name of something configured: letters, digits, `_`, `-`; at most 64, so that it fits a URL
/// path, a metric label and a --set path.
bool is_name(std::string_view text) noexcept;

/// The name of an HTTP field. RFC 9110 section 5.6.2
bool is_field_name(std::string_view text) noexcept;

/// The name of a claim or, when it begins with '/', a JSON pointer to one.
/// Source   RFC 6901 section 3: "~" appears only before "0" or "1"
bool is_claim(std::string_view text) noexcept;

/// Whether a typ says that the token is a JWT: "JWT", or one that ends in "+jwt".
/// Source   RFC 7519 section 5.1, RFC 8725 section 3.11
bool is_jwt_typ(std::string_view typ);

std::string in_lower_case(std::string_view text);

}  // namespace config
