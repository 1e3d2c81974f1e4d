#pragma once

#include <cstdint>
#include <string_view>

namespace service {

/// How an application may read a name that a client sent.
enum class likeness : std::uint8_t {
    none,
    alike,  ///< some applications take it for the name
    same,
};

/// Compares the name of a parameter, percent-encoded as it was sent. ASP.NET ignores case; PHP ignores
/// spaces before a name, reads a space, '.' and '[' in it as '_', and cuts it at '[' and at a NUL;
/// Rack and qs find `name` in `[name]` too.
///
/// sent, name   untrusted; the configured name.
likeness likeness_of_parameter(std::string_view sent, std::string_view name);

/// The same of the name of a cookie, which nothing decodes.
likeness likeness_of_cookie(std::string_view sent, std::string_view name);

}  // namespace service
