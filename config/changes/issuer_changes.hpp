#pragma once

#include "config/values/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace config {

/// What becomes of an issuer when another configuration takes effect.
enum class continuity : std::uint8_t {
    fresh,    ///< it is a new one, or its trust rests on something else: nothing is kept
    renewed,  ///< only times and limits differ: its keys stay, its timers begin again
    stays,    ///< its keys, its timers and the fetch in progress stay
};

struct issuer_change {
    continuity how = continuity::fresh;
    std::size_t before = none;  ///< its index in the settings before, unless it is fresh
    static constexpr std::size_t none = ~std::size_t{0};
    bool operator==(issuer_change const&) const = default;
};

/// Whether everything is equal that the trust in an issuer's keys rests on: its name, its `iss` or
/// trust domain (but not which tenants or spellings of it are admitted), the algorithms, where the keys come from, and who answers there (hosts, roots, proxy, credentials,
/// allowed addresses).
bool have_same_trust(issuer_settings const& one, issuer_settings const& other);

/// A hash of what the trust in fetched keys rests on, apart from secrets: a set that was stored under
/// another one is not used again.
std::string trust_mark_of(issuer_settings const& issuer);

/// For each issuer of `after`, in its order, what becomes of it.
std::vector<issuer_change> issuer_changes(settings const& before, settings const& after);

}  // namespace config
