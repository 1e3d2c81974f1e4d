#include "core/jwk_set.hpp"

#include <algorithm>

namespace core {
namespace {

constexpr std::size_t keys_max = 128;      // RFC 7517 has no bound; providers publish 2 to 10
constexpr std::size_t candidates_max = 8;  // what one token may cost

failure invalid(std::string_view sentence)
{
    return failure::of(errc::key_invalid, sentence);
}

bool is_secret(jwk const& key)
{
    return key.material->family() == key_family::secret;
}

/// Why a key does not stand beside those that are in the set already.
std::optional<failure> misfit(jwk_set const& set, jwk const& key, set_source source)
{
    if (source == set_source::foreign && key.material->is_private())
        return invalid("a published set holds a secret or a private key");
    if (!set.keys.empty() && is_secret(set.keys.front()) != is_secret(key))
        return invalid("a set mixes secrets with public keys");
    auto const same_kid = [&](jwk const& other) { return other.kid == key.kid; };
    if (!key.kid.empty() && std::ranges::any_of(set.keys, same_kid))
        return invalid("two keys of the set have the same kid");
    return std::nullopt;
}

bool fits_algorithm(jwk const& key, signature_algorithm const& row)
{
    auto const family = key.material->family();
    return row.families.contains(family) && (key.alg.empty() || admits(key.alg, row, family));
}

bool may_verify(jwk const& key)
{
    bool const by_public_half =
        !is_secret(key) && key.material->is_private() && key.may(key_op::sign);
    return key.use != key_use::enc && (key.may(key_op::verify) || by_public_half);
}

}  // namespace

result<jwk_set> parse_jwk_set(json::value object, set_source source)
{
    auto const keys = object.find("keys");
    if (!keys || !keys->is_array())
        return invalid("the set has no array of keys");
    if (keys->size() > keys_max)
        return invalid("the set has more than 128 keys");

    jwk_set set;
    for (auto const member : *keys) {
        auto key = parse_jwk(member);
        auto problem = key ? misfit(set, *key, source) : std::optional(key.error());
        if (!problem)
            set.keys.push_back(std::move(*key));
        else if (source == set_source::own)
            return std::move(*problem);
        else
            ++set.skipped;
    }
    if (set.keys.empty())
        return invalid("the set has no usable key");
    return set;
}

result<jwk_set> parse_jwk_set_text(std::string_view text, set_source source)
{
    auto const document = json::document::parse(std::string(text));
    return document ? parse_jwk_set(document->root(), source)
                    : result<jwk_set>(invalid("the set is not a JSON object"));
}

bool can_verify_with(jwk const& key, std::span<std::string const> algorithms)
{
    return may_verify(key) && std::ranges::any_of(algorithms, [&](std::string const& name) {
               auto const* row = find_signature_algorithm(name);
               return row && fits_algorithm(key, *row) && key.material->bits() >= row->key_bits_min
                   && admits(name, *row, key.material->family());
           });
}

result<std::vector<jwk const*>>
select_verification_keys(std::span<jwk const> keys, key_query const& query, set_source source)
{
    std::vector<jwk const*> named, unnamed;
    bool refuses_algorithm = false;
    for (auto const& key : keys) {
        bool const is_named = !query.kid.empty() && key.kid == query.kid;
        bool const is_open = query.kid.empty() || key.kid.empty() || key.kid_is_derived;
        if (!is_named && !is_open)
            continue;
        if (!fits_algorithm(key, *query.row))
            refuses_algorithm = refuses_algorithm || (is_named && !key.kid_is_derived);
        else if (may_verify(key))
            (is_named ? named : unnamed).push_back(&key);
    }
    if (named.empty() && refuses_algorithm)
        return failure::of(errc::algorithm_not_allowed, "the key is for another algorithm");
    auto& candidates = named.empty() ? unnamed : named;
    if (candidates.empty())
        return errc::key_not_found;
    if (candidates.size() > 1 && source == set_source::foreign)
        return errc::key_ambiguous;
    if (candidates.size() > candidates_max)
        candidates.resize(candidates_max);
    return std::move(candidates);
}

}  // namespace core
