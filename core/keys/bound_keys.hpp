#pragma once

#include <optional>
#include <string_view>

namespace core {

/// What a token says of where it comes from, for keys that are only for some issuer.
struct token_origin {
    std::string_view iss;  ///< untrusted; empty = none
    std::string_view tid;  ///< its tenant; untrusted; empty = none
};

/// Whether a text can be the name of a tenant: [A-Za-z0-9-]{1,64}.
bool is_tenant(std::string_view text) noexcept;

/// What a text has in place of the placeholder of a template.
///
/// text      untrusted.
/// form      has the placeholder once; otherwise the result is nullopt.
/// Returns   nullopt unless the text is the template with a tenant's name in that place.
std::optional<std::string_view>
filled_in(std::string_view text, std::string_view form, std::string_view placeholder) noexcept;

/// Whether a key that is published with this `issuer` may verify a token from there. Microsoft
/// Entra's sets have this member: "https://login.microsoftonline.com/{tenantid}/v2.0" for the keys
/// of all tenants, and the issuer of one tenant for keys that are only that one's.
///
/// issuer   of the key; empty = any token.
/// Returns  whether the token's iss is the same text, byte for byte, with the token's tid in place
///          of `{tenantid}`.
bool is_key_for(std::string_view issuer, token_origin const& token) noexcept;

}  // namespace core
