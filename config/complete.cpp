#include "config/checks.hpp"

#include <algorithm>

namespace config {
namespace {

/// How long after a successor begins a message for its predecessor may still arrive: senders take
/// the key from a cached JWKS, and queues hold messages.
constexpr std::chrono::hours longest_wait{24};

}  // namespace

void complete(settings& into)
{
    for (auto& key : into.keys) {
        if (key.key.use == core::key_use::enc)
            key.longest_token = longest_wait;
    }
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
