#include "core/jwt/registered_claims.hpp"

#include <algorithm>

namespace core {

registered_claims::registered_claims(json::value claims)
{
    for (auto const claim : claims) {
        auto const name = claim.name();
        auto* const slot = slot_of(name);
        if (slot == nullptr)
            continue;
        *slot = claim;
        if (mistyped.empty() && !fits(slot, claim))
            mistyped = name;
    }
}

std::optional<json::value>* registered_claims::slot_of(std::string_view name)
{
    switch (name.size()) {
    case 3:
        return name == "iss" ? &iss
            : name == "sub"  ? &sub
            : name == "aud"  ? &aud
            : name == "exp"  ? &exp
            : name == "nbf"  ? &nbf
            : name == "iat"  ? &iat
            : name == "jti"  ? &jti
                             : nullptr;
    case 6: return name == "c_hash" ? &c_hash : nullptr;
    case 7: return name == "at_hash" ? &at_hash : nullptr;
    default: return nullptr;
    }
}

/// RFC 7519 section 4.1
bool registered_claims::fits(std::optional<json::value> const* slot, json::value claim) const
{
    if (slot == &iss || slot == &sub || slot == &jti)
        return claim.is_string();
    if (slot == &exp || slot == &nbf || slot == &iat)
        return claim.is_number();
    if (slot != &aud || claim.is_string())
        return true;
    return claim.is_array()
        && std::all_of(claim.begin(), claim.end(), [](json::value one) { return one.is_string(); });
}

}  // namespace core
