#include "core/jwt/claim_types.hpp"

namespace core {

std::optional<std::string_view>
mistyped_claim(json::value claims, registered_claims const& known, claims_policy const& policy)
{
    auto const& on = policy.checks;
    constexpr auto is_number = [](json::value v) { return v.is_number(); };
    constexpr auto is_string = [](json::value v) { return v.is_string(); };
    auto const& subject_claim = policy.subject_claim;
    struct rule {
        std::string_view claim;
        bool checked;
        std::optional<json::value> found;
        bool (*fits)(json::value);
    };
    for (auto const& [claim, checked, found, fits] : {
             rule{"exp", on.exp, known.exp, is_number},
             rule{"nbf", on.nbf, known.nbf, is_number},
             rule{"iat", on.iat, known.iat, is_number},
             rule{"aud", on.aud, known.aud, is_audience},
             rule{"iss", on.iss, known.iss, is_string},
             rule{"sub", on.sub, known.sub, is_string},
             rule{
                 subject_claim, on.sub,
                 subject_claim == "sub" ? known.sub : claims.find(subject_claim), is_string},
             rule{"jti", on.jti, known.jti, is_string},
         }) {
        if (checked && found && !fits(*found))
            return claim;
    }
    return std::nullopt;
}

}  // namespace core
