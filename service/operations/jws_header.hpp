#pragma once

#include "core/base/error.hpp"
#include "core/json/json.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace service {

/// What goes into a protected header that we make.
struct header_request {
    std::string_view alg;
    std::string_view kid;                     ///< empty = the key has none
    std::optional<core::json::value> wanted;  ///< the caller's `header`; untrusted
    std::optional<std::string_view> typ;      ///< the caller's `typ`
    bool b64 = true;
    bool is_claims = false;
    bool by_profile = false;
    std::optional<std::string> fixed_typ;  ///< the profile's; nullopt = the default of its kind
    std::span<std::string const> allowed;  ///< header names that the profile allows
};

/// The JSON text of the protected header: the caller's members in their order, then alg, typ, kid,
/// and for unencoded payloads b64 and crit.
///
/// Errors   request_invalid (`header`, `typ`): jku, jwk, x5u, x5c, crit, b64; an alg, kid or typ
///          that is not the one that is used; a value that must be a string and is not.
///          claims_forbidden: a name that the profile does not allow.
core::result<std::string> protected_header(header_request const& from);

}  // namespace service
