#pragma once

#include "core/base/error.hpp"
#include "core/json/json.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// What one claim must be.
struct claim_rule {
    enum class kind : std::uint8_t { equals, one_of, contains };
    std::string claim;  ///< a name, or a JSON pointer when it begins with '/'
    kind is = kind::equals;
    std::vector<std::string> values;  ///< JSON texts. equals: one. one_of: any of them. contains:
                                      ///< the claim is an array that has them all
};

/// Checks claims by rules, all of which must hold. Types are strict: "1" is not 1, and `contains`
/// is for arrays only. A rule without values holds for no claim.
///
/// claims   one JSON object, of a token whose signature was verified.
/// Errors   of the first rule that is broken: claim_missing (fault::missing) or claim_invalid
///          (fault::check_failed), both with the rule's claim.
result<void> check_claim_rules(json::value claims, std::span<claim_rule const> rules);

/// How many things comparing a claim with a JSON text looks for: a value with objects counts by its
/// size, because their members are looked for.
std::size_t entries_of_text(std::string_view json);

/// How many things check_claim_rules looks for in the claims, counted as for a claims_policy.
std::size_t entries_of(std::span<claim_rule const> rules);

}  // namespace core
