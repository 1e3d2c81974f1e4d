#include "core/jwt/claim_types.hpp"

#include <algorithm>

namespace core {

std::optional<std::string_view> mistyped_claim(json::value claims, claims_policy const& policy)
{
    auto const& on = policy.checks;
    struct rule {
        std::string_view claim;
        bool checked;
        bool (*fits)(json::value);
    };
    constexpr auto is_number = [](json::value v) { return v.is_number(); };
    constexpr auto is_string = [](json::value v) { return v.is_string(); };
    constexpr auto is_audience = [](json::value v) {
        return v.is_string()
            || (v.is_array() && std::all_of(v.begin(), v.end(), [](json::value one) {
                    return one.is_string();
                }));
    };
    for (auto const& [claim, checked, fits] : {
             rule{"exp", on.exp, is_number},
             rule{"nbf", on.nbf, is_number},
             rule{"iat", on.iat, is_number},
             rule{"aud", on.aud, is_audience},
             rule{"iss", on.iss, is_string},
             rule{"sub", on.sub, is_string},
             rule{policy.subject_claim, on.sub, is_string},
             rule{"jti", on.jti, is_string},
         }) {
        auto const found = claims.find(claim);
        if (checked && found && !fits(*found))
            return claim;
    }
    return std::nullopt;
}

}  // namespace core
