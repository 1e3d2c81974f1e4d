#include "core/issuers/jwks_reading.hpp"

#include "core/keys/condemned_keys.hpp"
#include "core/keys/jwk_write.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

namespace core {
namespace {

jwks_reading foreign(std::string_view problem)
{
    jwks_reading reading;
    reading.problem = problem;
    return reading;
}

bool can_verify(jwk_set const& set, std::span<std::string const> algorithms)
{
    return std::ranges::any_of(set.keys, [&](jwk const& key) {
        return can_verify_with(key, algorithms);
    });
}

bool has_use_enc(jwk_set const& set)
{
    return std::ranges::find(set.keys, key_use::enc, &jwk::use) != set.keys.end();
}

std::unordered_set<crypto::key const*> materials_of(jwk_set const& set)
{
    std::unordered_set<crypto::key const*> found;
    for (auto const& key : set.keys)
        found.insert(key.material.get());
    return found;
}

/// Keys that were already known keep their material, so that workers need not make new verifiers.
/// Most have it already, because their text was not read again: only the others are compared.
void keep_material(jwk_set& set, jwk_set const& known)
{
    auto const in_use = materials_of(known), kept = materials_of(set);
    std::map<std::string, crypto::key_ptr> made;
    for (auto const& key : known.keys) {
        if (!kept.contains(key.material.get()))
            made.emplace(thumbprint_input(*key.material), key.material);
    }
    if (made.empty())
        return;
    for (auto& key : set.keys) {
        if (in_use.contains(key.material.get()))
            continue;
        auto const other = made.find(thumbprint_input(*key.material));
        if (other != made.end())
            key.material = other->second;
    }
}

/// What a set says, whatever the order of its entries.
auto content_of(jwk_set const& set)
{
    using entry = std::tuple<
        std::string_view, std::string_view, std::string_view, key_use, std::uint8_t,
        crypto::key const*>;
    std::vector<entry> keys;
    for (auto const& key : set.keys)
        keys.emplace_back(key.kid, key.alg, key.issuer, key.use, key.ops, key.material.get());
    std::ranges::sort(keys);
    auto left_out = set.left_out;
    std::ranges::sort(left_out);
    return std::tuple(std::move(keys), std::move(left_out), set.refresh_hint);
}

/// How often the publisher of a bundle wants to be asked for it.
///
/// Source   SPIFFE Trust Domain and Bundle section 4.1.2: "When set, its value MUST be an integer
///          representing the suggested consumer refresh interval in seconds."
std::optional<std::chrono::seconds> refresh_hint_of(json::value bundle)
{
    constexpr double seconds_max = 366.0 * 86400;
    auto const hint = bundle.find("spiffe_refresh_hint");
    if (!hint || !hint->is_number() || !(hint->number() >= 1))
        return std::nullopt;
    return std::chrono::seconds(static_cast<std::int64_t>(std::min(hint->number(), seconds_max)));
}

/// Order decides nothing: a set that only lists its entries in another order is the set in use, as
/// those have it who list the members of a hash table.
void keep_order(jwk_set& set, jwk_set const& known)
{
    if (content_of(set) == content_of(known))
        set = known;
}

/// Why a set has no usable key.
///
/// has_some  whether it had one before our own keys were left out.
std::string_view why_none(jwk_set const& set, bool has_some)
{
    if (has_some)
        return "every usable key of the set is one of our own";
    return set.is_compromised() ? "every usable key of the set is published with its private half"
                                : "none of the set's keys can be used";
}

/// Whether the body contains the private half of a key in use.
bool gives_away(json::value keys, jwk_set const* known)
{
    condemned_keys const condemned(keys);
    return known != nullptr && std::ranges::any_of(known->keys, [&](jwk const& key) {
               return condemned.contains(*key.material, key.kid);
           });
}

/// The reading of a body without a usable key.
jwks_reading
unusable_set(json::value keys, jwk_set set, jwk_set const* known, std::string_view problem)
{
    auto reading = foreign(problem);
    reading.left_out = std::move(set.left_out);
    if (gives_away(keys, known)) {
        reading.worth = jwks_worth::condemned;
        reading.problem = "the origin publishes the private half of a key that was in use";
    }
    return reading;
}

}  // namespace

jwks_reading read_jwks(
    std::string body, std::span<std::string const> algorithms, std::size_t keys_max,
    jwk_set const* known, own_keys const* ours, leaked_keys* leaked, jwk_spelling as,
    bool is_sealed_to
)
{
    auto const document = parse_published_json(std::move(body), keys_max);
    if (!document || !document->root().is_object())
        return foreign("the answer is not a JSON object");
    auto const keys = find_keys(document->root());
    if (!keys)
        return foreign("the answer has no array of keys");
    if (keys->size() == 0) {
        jwks_reading reading;
        reading.worth = jwks_worth::empty;
        return reading;
    }
    if (keys->size() > keys_max)
        return foreign("the set has more keys than the limit");
    auto set = read_published_keys(*keys, known, as);
    if (as == jwk_spelling::in_bundle)
        set.refresh_hint = refresh_hint_of(document->root());
    if (leaked != nullptr) {
        leaked->remember(set.left_out, keys_max);
        leaked->leave_out(set);
    }
    bool const has_some = !set.keys.empty();
    if (ours != nullptr)
        ours->leave_out(set);
    if (set.keys.empty()) {
        auto const problem = why_none(set, has_some);
        return unusable_set(*keys, std::move(set), known, problem);
    }
    bool const verifies = can_verify(set, algorithms);
    if (!verifies && !(is_sealed_to && has_use_enc(set)))
        return unusable_set(
            *keys, std::move(set), known, "none of the set's keys fits the issuer's algorithms"
        );
    if (known != nullptr) {
        keep_material(set, *known);
        keep_order(set, *known);
    }
    set.index = key_index(set.keys, set_source::foreign);
    jwks_reading reading;
    reading.worth = jwks_worth::usable;
    if (!verifies && known != nullptr && can_verify(*known, algorithms)
        && !gives_away(*keys, known)) {
        reading.worth = jwks_worth::sealing;
        reading.problem = "no key of the set can verify any more; such a set is accepted when it "
                          "is still so a minute later";
    }
    reading.left_out = set.left_out;
    reading.set = std::make_shared<jwk_set const>(std::move(set));
    return reading;
}

}  // namespace core
