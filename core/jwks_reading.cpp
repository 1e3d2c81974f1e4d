#include "core/jwks_reading.hpp"

#include <algorithm>

namespace core {
namespace {

jwks_reading foreign(std::string_view problem)
{
    jwks_reading reading;
    reading.problem = problem;
    return reading;
}

/// The same key made a second time would cost every worker its verifier.
void keep_material(jwk_set& set, jwk_set const& known)
{
    for (auto& key : set.keys) {
        for (auto const& other : known.keys) {
            if (key.kid == other.kid && key.material->family() == other.material->family()
                && thumbprint_input(*key.material) == thumbprint_input(*other.material))
                key.material = other.material;
        }
    }
}

}  // namespace

jwks_reading read_jwks(
    std::string body, std::span<std::string const> algorithms, std::size_t keys_max,
    jwk_set const* known, own_keys const* ours
)
{
    auto const document = json::document::parse(std::move(body));
    if (!document || !document->root().is_object())
        return foreign("the answer is not a JSON object");
    auto const keys = document->root().find("keys");
    if (!keys || !keys->is_array())
        return foreign("the answer has no array of keys");
    if (keys->size() == 0) {
        jwks_reading reading;
        reading.worth = jwks_worth::empty;
        return reading;
    }
    if (keys->size() > keys_max)
        return foreign("the set has more keys than the limit");
    auto set = parse_jwk_set(document->root(), set_source::foreign);
    if (!set)
        return foreign("none of the set's keys can be used");
    if (ours != nullptr)
        ours->leave_out(*set);
    if (set->keys.empty())
        return foreign("every usable key of the set is one of our own");
    auto const is_usable = [&](jwk const& key) {
        return key.use == key_use::enc || can_verify_with(key, algorithms);
    };
    if (std::ranges::none_of(set->keys, is_usable))
        return foreign("none of the set's keys fits the issuer's algorithms");
    if (known != nullptr)
        keep_material(*set, *known);
    jwks_reading reading;
    reading.worth = jwks_worth::usable;
    reading.set = std::make_shared<jwk_set const>(std::move(*set));
    return reading;
}

}  // namespace core
