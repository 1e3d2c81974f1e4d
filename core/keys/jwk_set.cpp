#include "core/keys/jwk_set.hpp"

#include "core/keys/collected_keys.hpp"
#include "core/keys/condemned_keys.hpp"
#include "core/keys/jwk_material.hpp"
#include "core/keys/jwk_members.hpp"
#include "core/keys/jwk_write.hpp"

#include <algorithm>
#include <tuple>

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

/// Whether secrets and keys of another kind are in one set, judged by kty only: an algorithm list
/// could then make a public key an HMAC secret. What kind an unknown kty is, is unknown too.
bool mixes_secrets(json::value keys)
{
    bool has_secret = false, has_other = false;
    for (auto const entry : keys) {
        auto const kty = entry.find("kty");
        bool const is_one = is_published_secret(entry);
        has_secret = has_secret || is_one;
        has_other = has_other || (!is_one && kty && !kty->string().empty());
    }
    return has_secret && has_other;
}

result<jwk_set> read_own_keys(json::value keys, key_role role, work_budget* budget)
{
    jwk_set set;
    std::set<std::tuple<std::string, key_type, std::string, key_use>> identities;
    for (auto const member : keys) {
        auto key = parse_jwk(member, role, jwk_spelling::exact, budget);
        if (!key)
            return key.error();
        bool const is_new = key->kid.empty()
            || identities.emplace(key->kid, type_of(key->material->family()), key->alg, key->use)
                   .second;
        if (!is_new)
            return invalid("two keys of the set have the same kid, kty, alg and use");
        set.keys.push_back(std::move(*key));
    }
    return set;
}

result<jwk_set> read_given_keys(json::value keys, key_role role, work_budget* budget)
{
    auto const spelling =
        role == key_role::counterpart ? jwk_spelling::as_published : jwk_spelling::exact;
    collected_keys collected;
    for (auto const member : keys) {
        auto key = parse_jwk(member, role, spelling, budget);
        if (!key && key.error() == errc::work_exceeded)
            return key.error();
        if (key)
            collected.add(member, std::move(key));
        else
            collected.leave_out(member, key, left_out_reason::unusable);
    }
    return collected.take();
}

/// The only place that decides what is left out of a foreign set; nullopt = the key may be used.
std::optional<left_out_reason>
reason_to_leave_out(json::value entry, result<jwk> const& key, condemned_keys const& condemned)
{
    if (is_published_secret(entry))
        return left_out_reason::secret;
    if (has_private_member(entry) || (key && condemned.contains(*key->material, key->kid)))
        return left_out_reason::private_half_published;
    if (!key)
        return left_out_reason::unusable;
    return std::nullopt;
}

/// Why a set is refused as a whole: it has no key that can be used.
failure no_usable_key(jwk_set const& set)
{
    if (set.is_compromised())
        return invalid("every usable key of the set is published with its private half");
    std::string sentence = "the set has no usable key";
    if (!set.left_out.empty() && !set.left_out.front().detail.empty())
        sentence += ": " + set.left_out.front().detail;
    return invalid(sentence);
}

bool fits_algorithm(jwk const& key, signature_algorithm const& row)
{
    auto const family = key.material->family();
    return row.families.contains(family) && (key.alg.empty() || admits(key.alg, row, family));
}

/// The first of those that share their material; at most candidates_max.
std::vector<jwk const*> with_different_material(std::span<jwk const* const> keys)
{
    std::vector<jwk const*> kept;
    for (auto const* key : keys) {
        bool const is_kept = std::ranges::any_of(kept, [&](jwk const* other) {
            return other->material == key->material;
        });
        if (!is_kept)
            kept.push_back(key);
        if (kept.size() == candidates_max)
            break;
    }
    return kept;
}

/// A key that is too short for the algorithm can verify nothing, so it makes no other ambiguous.
void leave_out_short_keys(std::vector<jwk const*>& candidates, signature_algorithm const& row)
{
    auto const is_short = [&](jwk const* key) { return key->material->bits() < row.key_bits_min; };
    if (!std::ranges::all_of(candidates, is_short))
        std::erase_if(candidates, is_short);
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

result<jwk_set>
parse_jwk_set(json::value object, set_source source, key_role role, work_budget* budget)
{
    auto const keys = find_keys(object);
    if (!keys)
        return invalid("the set has no array of keys");
    if (keys->size() > keys_max)
        return invalid("the set has more than 128 keys");

    if (source != set_source::foreign && mixes_secrets(*keys))
        return invalid("a set mixes secrets with public keys");
    auto set = source == set_source::foreign ? result<jwk_set>(read_published_keys(*keys))
        : source == set_source::given        ? read_given_keys(*keys, role, budget)
                                             : read_own_keys(*keys, role, budget);
    if (set && set->keys.empty())
        return no_usable_key(*set);
    return set;
}

std::optional<json::value> find_keys(json::value set)
{
    auto const keys = set.find("keys");
    auto const is_another = [&](json::value member) {
        return member.name() == "keys" && member.text().data() != keys->text().data();
    };
    if (!keys || !keys->is_array() || std::ranges::any_of(set, is_another))
        return std::nullopt;
    return keys;
}

jwk_set read_published_keys(json::value keys)
{
    condemned_keys const condemned(keys);
    collected_keys collected;
    for (auto const entry : keys) {
        auto key = parse_jwk(entry, key_role::published, jwk_spelling::as_published);
        if (auto const reason = reason_to_leave_out(entry, key, condemned))
            collected.leave_out(entry, key, *reason);
        else
            collected.add(entry, std::move(key));
    }
    return collected.take();
}

result<json::document> parse_published_json(std::string text)
{
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark))
        text.erase(0, byte_order_mark.size());
    json::limits bounds;
    bounds.repeated_names = true;
    return json::document::parse(std::move(text), bounds);
}

result<jwk_set> parse_jwk_set_text(std::string_view text, set_source source)
{
    auto const document = source == set_source::foreign ? parse_published_json(std::string(text))
                                                        : json::document::parse(std::string(text));
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
    if (source == set_source::foreign)
        leave_out_short_keys(candidates, *query.row);
    if (candidates.size() == 1)
        return std::move(candidates);
    auto different = with_different_material(candidates);
    if (different.size() > 1 && source == set_source::foreign)
        return errc::key_ambiguous;
    return different;
}

}  // namespace core
