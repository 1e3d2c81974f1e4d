#include "service/endpoints/gateways/decision_age.hpp"

#include <algorithm>
#include <cmath>

namespace service {

std::chrono::seconds
decision_age(config::verify_profile const& by, core::json::value claims, core::instant now)
{
    if (!by.decision_max_age)
        return {};
    auto most = static_cast<double>(by.decision_max_age->count());
    auto const end_at = [&](double end) { most = std::min(most, end - core::numeric_date(now)); };
    if (auto const exp = claims.find("exp"); exp && exp->is_number())
        end_at(exp->number());
    auto const iat = claims.find("iat");
    if (by.max_age && iat && iat->is_number())
        end_at(iat->number() + static_cast<double>(by.max_age->count()));
    return std::chrono::seconds(static_cast<std::int64_t>(std::floor(std::max(most, 0.0))));
}

}  // namespace service
