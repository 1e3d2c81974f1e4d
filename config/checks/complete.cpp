#include "config/checks/checks.hpp"

#include <algorithm>

namespace config {
namespace {

/// How long messages for the old key may still arrive after a rotation: senders take the key from a
/// cached JWKS, and queues hold messages.
constexpr std::chrono::hours longest_wait{24};

/// The types that a profile for payloads admits by default: those that the sign profiles of its
/// series write, else only an absent typ.
std::vector<std::string> typs_of_payloads(settings const& all, verify_profile const& profile)
{
    std::vector<std::string> typs;
    for (auto const& [name, by] : all.sign_profiles) {
        bool const is_source = by.kind == token_kind::jws && by.typ
            && std::ranges::find(profile.series, by.key) != profile.series.end()
            && std::ranges::find(typs, *by.typ) == typs.end();
        if (is_source)
            typs.push_back(*by.typ);
    }
    if (typs.empty())
        typs.emplace_back("none");
    return typs;
}

}  // namespace

void complete(settings& into)
{
    for (auto& [name, profile] : into.verify_profiles) {
        if (profile.mode == token_kind::jws && profile.typ.empty())
            profile.typ = typs_of_payloads(into, profile);
    }
    for (auto& key : into.keys) {
        if (key.key.use == core::key_use::enc && key.longest_token == seconds{0})
            key.longest_token = longest_wait;
    }
    for (auto& [series, rotated] : into.rotation) {
        auto& longest = rotated.plan.longest_token;
        if (rotated.plan.use == core::key_use::enc)
            longest = rotated.retire_after.value_or(longest_wait);
        for (auto& [name, profile] : into.sign_profiles) {
            if (profile.key != series)
                continue;
            longest = std::max(longest, profile.max_ttl);
            if (profile.iss.empty())
                profile.iss = rotated.like.issuer;
        }
        rotated.like.longest_token = longest;
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
