#include "core/keys/jwk_set.hpp"

#include "core/keys/condemned_keys.hpp"
#include "core/keys/jwk_material.hpp"
#include "core/keys/jwk_write.hpp"

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

bool has_kid(jwk_set const& set, std::string_view kid)
{
    return !kid.empty() && std::ranges::find(set.keys, kid, &jwk::kid) != set.keys.end();
}

/// Why a key cannot be added to an own set; nullopt when it can.
std::optional<failure> misfit(jwk_set const& set, jwk const& key)
{
    if (!set.keys.empty() && is_secret(set.keys.front()) != is_secret(key))
        return invalid("a set mixes secrets with public keys");
    if (has_kid(set, key.kid))
        return invalid("two keys of the set have the same kid");
    return std::nullopt;
}

result<jwk_set> read_own_keys(json::value keys, key_role role)
{
    jwk_set set;
    for (auto const member : keys) {
        auto key = parse_jwk(member, role);
        auto problem = key ? misfit(set, *key) : std::optional(key.error());
        if (problem)
            return std::move(*problem);
        set.keys.push_back(std::move(*key));
    }
    return set;
}

/// An entry of a foreign set: its JSON, and the key that was read from it.
struct published_entry {
    json::value object;
    result<jwk> key;
};

/// The only place that decides what is left out of a foreign set; nullopt = the key may be used.
std::optional<left_out_reason>
reason_to_leave_out(jwk_set const& set, published_entry const& one, condemned_keys const& condemned)
{
    auto const kty = one.object.find("kty");
    if (kty && kty->string() == "oct")
        return left_out_reason::secret;
    bool const is_object = one.object.is_object();
    if ((is_object && has_private_member(one.object))
        || (one.key && condemned.contains(*one.key->material, one.key->kid)))
        return left_out_reason::private_half_published;
    if (!one.key)
        return left_out_reason::unusable;
    if (has_kid(set, one.key->kid))
        return left_out_reason::kid_repeated;
    return std::nullopt;
}

left_out_key named(published_entry const& one, left_out_reason reason)
{
    constexpr std::size_t kid_octets_max = 128;
    left_out_key entry{{}, {}, reason};
    if (auto const kid = one.object.find("kid"))
        entry.kid = kid->string().substr(0, kid_octets_max);
    if (one.key)
        entry.thumbprint = thumbprint(*one.key->material);
    return entry;
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

std::string_view to_string(left_out_reason reason) noexcept
{
    switch (reason) {
    case left_out_reason::unusable: return "unusable";
    case left_out_reason::secret: return "secret";
    case left_out_reason::kid_repeated: return "kid_repeated";
    case left_out_reason::own_key: return "own_key";
    case left_out_reason::private_half_published: return "private_half_published";
    }
    return {};
}

bool jwk_set::is_compromised() const noexcept
{
    return std::ranges::find(
               left_out, left_out_reason::private_half_published, &left_out_key::reason
           )
        != left_out.end();
}

void leave_out(jwk_set& from, std::set<std::string> const& thumbprints, left_out_reason reason)
{
    if (thumbprints.empty())
        return;
    std::erase_if(from.keys, [&](jwk const& key) {
        auto name = thumbprint(*key.material);
        bool const is_listed = thumbprints.contains(name);
        if (is_listed)
            from.left_out.push_back({key.kid, std::move(name), reason});
        return is_listed;
    });
}

result<jwk_set> parse_jwk_set(json::value object, set_source source, key_role role)
{
    auto const keys = object.find("keys");
    if (!keys || !keys->is_array())
        return invalid("the set has no array of keys");
    if (keys->size() > keys_max)
        return invalid("the set has more than 128 keys");

    auto set = source == set_source::foreign ? result<jwk_set>(read_published_keys(*keys))
                                             : read_own_keys(*keys, role);
    if (set && set->keys.empty())
        return invalid(
            set->is_compromised() ? "every usable key of the set is published with its private half"
                                  : "the set has no usable key"
        );
    return set;
}

jwk_set read_published_keys(json::value keys)
{
    condemned_keys const condemned(keys);
    jwk_set set;
    for (auto const member : keys) {
        published_entry one{member, parse_jwk(member, key_role::published)};
        if (auto const reason = reason_to_leave_out(set, one, condemned))
            set.left_out.push_back(named(one, *reason));
        else
            set.keys.push_back(std::move(*one.key));
    }
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
