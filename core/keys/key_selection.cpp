#include "core/keys/key_selection.hpp"

#include <algorithm>

namespace core {
namespace {

constexpr std::size_t candidates_max = 8;  // what one token may cost

using key_pointers = std::vector<jwk const*>;

bool fits_algorithm(jwk const& key, signature_algorithm const& row)
{
    auto const family = key.material->family();
    return row.families.contains(family) && (key.alg.empty() || admits(key.alg, row, family));
}

bool may_verify(jwk const& key)
{
    bool const by_public_half = key.material->family() != key_family::secret
        && key.material->is_private() && key.may(key_op::sign);
    return key.use != key_use::enc && (key.may(key_op::verify) || by_public_half);
}

/// The first of those that share their material; at most candidates_max.
key_pointers with_different_material(std::span<jwk const* const> keys)
{
    key_pointers kept;
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
void leave_out_short_keys(key_pointers& candidates, signature_algorithm const& row)
{
    auto const is_short = [&](jwk const* key) { return key->material->bits() < row.key_bits_min; };
    if (!std::ranges::all_of(candidates, is_short))
        std::erase_if(candidates, is_short);
}

/// The entries that fit, from which the candidates are chosen.
class sorted_entries {
public:
    explicit sorted_entries(key_query const& query) : query_(query) {}

    void add(jwk const& key)
    {
        if (query_.origin != nullptr && !is_key_for(key.issuer, *query_.origin))
            return;
        bool const is_named = !query_.kid.empty() && key.kid == query_.kid;
        bool const is_open = query_.kid.empty() || is_open_to_any_kid(key);
        if (!is_named && !is_open)
            return;
        if (!fits_algorithm(key, *query_.row))
            refuses_algorithm_ = refuses_algorithm_ || (is_named && !key.kid_is_derived);
        else if (may_verify(key))
            (is_named ? named_ : open_).push_back(&key);
    }
    /// A key for a token whose kid no key has.
    void add_for_unknown_kid(jwk const& key)
    {
        if (is_open_to_any_kid(key) && fits_algorithm(key, *query_.row) && may_verify(key))
            open_.push_back(&key);
    }
    /// Whether no entry with the kid decides the answer.
    bool is_undecided() const noexcept { return named_.empty() && !refuses_algorithm_; }

    result<key_pointers> choose(set_source source)
    {
        if (named_.empty() && refuses_algorithm_)
            return failure::of(errc::algorithm_not_allowed, "the key is for another algorithm");
        auto& candidates = named_.empty() ? open_ : named_;
        if (candidates.empty())
            return errc::key_not_found;
        if (source == set_source::foreign)
            leave_out_short_keys(candidates, *query_.row);
        if (candidates.size() == 1)
            return std::move(candidates);
        auto different = with_different_material(candidates);
        if (different.size() > 1 && source == set_source::foreign)
            return errc::key_ambiguous;
        return different;
    }

private:
    static bool is_open_to_any_kid(jwk const& key) { return key.kid.empty() || key.kid_is_derived; }

    key_query const& query_;
    key_pointers named_, open_;
    bool refuses_algorithm_ = false;
};

}  // namespace

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
    sorted_entries entries(query);
    for (auto const& key : keys)
        entries.add(key);
    return entries.choose(source);
}

key_index::key_index(std::span<jwk const> keys, set_source source) : source_(source)
{
    auto const is_bound = [](jwk const& key) { return !key.issuer.empty(); };
    if (keys.size() < keys_min || std::ranges::any_of(keys, is_bound))
        return;
    is_made_ = true;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (!keys[i].kid.empty())
            by_kid_.push_back(static_cast<std::uint32_t>(i));
    }
    std::ranges::stable_sort(by_kid_, {}, [&](std::uint32_t at) {
        return std::string_view(keys[at].kid);
    });
    for (std::size_t i = 0; i < signature_algorithms.size(); ++i) {
        of_unknown_kid_[i] = answer_of(keys, signature_algorithms[i], source, true);
        without_kid_[i] = answer_of(keys, signature_algorithms[i], source, false);
    }
}

/// has_kid   the answer is for a kid that no key has; otherwise for a token without kid.
key_index::answer key_index::answer_of(
    std::span<jwk const> keys, signature_algorithm const& row, set_source source, bool has_kid
)
{
    key_query const query{&row, {}};
    sorted_entries entries(query);
    for (auto const& key : keys) {
        if (has_kid)
            entries.add_for_unknown_kid(key);
        else
            entries.add(key);
    }
    auto const chosen = entries.choose(source);
    if (!chosen)
        return {chosen.error().code};
    answer made;
    for (auto const* key : *chosen)
        made.keys.push_back(static_cast<std::uint32_t>(key - keys.data()));
    return made;
}

result<std::vector<jwk const*>> key_index::keys_of(answer const& known, std::span<jwk const> keys)
{
    if (known.keys.empty())
        return known.refusal;
    key_pointers found;
    found.reserve(known.keys.size());
    for (auto const position : known.keys)
        found.push_back(&keys[position]);
    return found;
}

template <class Use>
void key_index::each_named(std::span<jwk const> keys, std::string_view kid, Use use) const
{
    auto const kid_of = [&](std::uint32_t at) { return std::string_view(keys[at].kid); };
    for (auto const at : std::ranges::equal_range(by_kid_, kid, {}, kid_of)) {
        if (!use(keys[at]))
            return;
    }
}

bool key_index::has_kid(std::span<jwk const> keys, std::string_view kid) const
{
    bool is_found = false;
    if (!kid.empty())
        each_named(keys, kid, [&](jwk const&) { return !(is_found = true); });
    return is_found;
}

result<std::vector<jwk const*>>
key_index::select(std::span<jwk const> keys, key_query const& query) const
{
    auto const row = static_cast<std::size_t>(query.row - signature_algorithms.data());
    if (query.kid.empty())
        return keys_of(without_kid_[row], keys);
    sorted_entries entries(query);
    each_named(keys, query.kid, [&](jwk const& key) {
        entries.add(key);
        return true;
    });
    // The open entries that have the kid do not fit, or they would be among the candidates.
    return entries.is_undecided() ? keys_of(of_unknown_kid_[row], keys) : entries.choose(source_);
}

result<std::vector<jwk const*>> select_verification_keys(
    std::span<jwk const> keys, key_index const* index, key_query const& query, set_source source
)
{
    return index == nullptr || index->is_empty() ? select_verification_keys(keys, query, source)
                                                 : index->select(keys, query);
}

bool has_kid(std::span<jwk const> keys, key_index const* index, std::string_view kid)
{
    if (index != nullptr && !index->is_empty())
        return index->has_kid(keys, kid);
    return !kid.empty() && std::ranges::find(keys, kid, &jwk::kid) != keys.end();
}

}  // namespace core
