#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace core {

/// Takes the first segment off a path: of "/a/b" it is "a" and leaves "/b", of "/" it is empty and
/// leaves nothing.
///
/// rest     begins with '/'.
std::string_view take_segment(std::string_view& rest);

/// A path with its %XX decoded, once.
///
/// memory   holds the result when there was something to decode; otherwise the result is `path`.
/// Returns  nullopt for a '%' without two hex digits, and for an encoded '/', '\' or '%', which
///          would make a path that reads in another way.
/// Source   RFC 3986 section 2.1; section 2.4: "Implementations must not percent-encode or decode
///          the same string more than once"
std::optional<std::string_view> decoded_path(std::string_view path, std::string& memory);

}  // namespace core
