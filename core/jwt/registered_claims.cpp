#include "core/jwt/registered_claims.hpp"

#include <algorithm>

namespace core {

registered_claims::registered_claims(json::value claims) noexcept
{
    for (auto const claim : claims) {
        if (auto* const slot = slot_of(claim.name()))
            *slot = claim;
    }
}

std::optional<json::value>* registered_claims::slot_of(std::string_view name) noexcept
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
std::string_view registered_claims::mistyped() const noexcept
{
    for (auto const* text : {&iss, &sub, &jti})
        if (*text && !(*text)->is_string())
            return (*text)->name();
    for (auto const* date : {&exp, &nbf, &iat})
        if (*date && !(*date)->is_number())
            return (*date)->name();
    return aud && !is_audience(*aud) ? aud->name() : std::string_view();
}

bool is_audience(json::value claim) noexcept
{
    return claim.is_string()
        || (claim.is_array() && std::all_of(claim.begin(), claim.end(), [](json::value one) {
                return one.is_string();
            }));
}

}  // namespace core
