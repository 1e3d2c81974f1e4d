#include "config/checks.hpp"

#include <algorithm>

namespace config {

void complete(settings& into)
{
    for (auto& [name, profile] : into.sign_profiles) {
        for (auto& key : into.keys) {
            if (key.series != profile.key)
                continue;
            key.longest_token = std::max(key.longest_token, profile.max_ttl);
            if (profile.iss.empty())
                profile.iss = key.issuer;
        }
    }
}

}  // namespace config
