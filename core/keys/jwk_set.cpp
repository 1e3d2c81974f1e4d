#include "core/keys/jwk_set.hpp"

#include "core/crypto/digest.hpp"
#include "core/keys/collected_keys.hpp"
#include "core/keys/condemned_keys.hpp"
#include "core/keys/jwk_material.hpp"
#include "core/keys/jwk_members.hpp"
#include "core/keys/jwk_write.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace core {
namespace {

constexpr std::size_t values_per_key = 32;  // that others publish, at most; usual ones have 6 to 10

failure invalid(std::string_view sentence)
{
    return failure::of(errc::key_invalid, sentence);
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

/// Reads the entries of a foreign set, each text once: what a text says depends on nothing else.
class published_entries {
public:
    using text_digest = decltype(jwk::text_digest);

    published_entries(jwk_set const* known, jwk_spelling as) : as_(as)
    {
        if (known == nullptr)
            return;
        for (auto const& key : known->keys)
            known_.emplace(key.text_digest, &key);
    }

    result<jwk> read(json::value entry) const
    {
        auto const digest = digest_of(entry);
        if (auto const found = known_.find(digest); found != known_.end())
            return *found->second;
        auto key = parse_jwk(entry, key_role::published, as_);
        if (key)
            key->text_digest = digest;
        return key;
    }

private:
    static text_digest digest_of(json::value entry)
    {
        text_digest made;
        std::ranges::copy(crypto::digest(hash::sha256, as_bytes(entry.text())), made.begin());
        return made;
    }

    jwk_spelling as_;
    std::map<text_digest, jwk const*> known_;
};

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

result<jwk_set> parse_jwk_set(
    json::value object, set_source source, key_role role, work_budget* budget, std::size_t keys_max,
    jwk_spelling as
)
{
    auto const keys = find_keys(object);
    if (!keys)
        return invalid("the set has no array of keys");
    if (keys->size() > keys_max)
        return invalid(
            keys_max == usual_keys_max ? "the set has more than 128 keys"
                                       : "the set has more keys than the limit"
        );

    if (source != set_source::foreign && mixes_secrets(*keys))
        return invalid("a set mixes secrets with public keys");
    auto set = source == set_source::foreign
        ? result<jwk_set>(read_published_keys(*keys, nullptr, as))
        : source == set_source::given ? read_given_keys(*keys, role, budget)
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

jwk_set read_published_keys(json::value keys, jwk_set const* known, jwk_spelling as)
{
    condemned_keys const condemned(keys);
    collected_keys collected;
    published_entries const entries(known, as);
    for (auto const entry : keys) {
        auto key = entries.read(entry);
        auto const reason = reason_to_leave_out(entry, key, condemned);
        if (as == jwk_spelling::in_bundle && reason == left_out_reason::unusable
            && is_for_certificates(entry))
            continue;
        if (reason)
            collected.leave_out(entry, key, *reason);
        else
            collected.add(entry, std::move(key));
    }
    return collected.take();
}

result<json::document> parse_published_json(std::string text, std::size_t keys_max)
{
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark))
        text.erase(0, byte_order_mark.size());
    json::limits bounds;
    bounds.repeated_names = true;
    bounds.members =
        static_cast<std::uint32_t>(std::max<std::size_t>(bounds.members, keys_max * values_per_key)
        );
    return json::document::parse(std::move(text), bounds);
}

result<jwk_set>
parse_jwk_set_text(std::string_view text, set_source source, std::size_t keys_max, jwk_spelling as)
{
    auto const document = source == set_source::foreign
        ? parse_published_json(std::string(text), keys_max)
        : json::document::parse(std::string(text));
    if (!document)
        return invalid("the set is not a JSON object");
    return parse_jwk_set(document->root(), source, key_role::holder, nullptr, keys_max, as);
}

}  // namespace core
