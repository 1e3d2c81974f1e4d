#include "core/jwt/candidate_keys.hpp"

#include "core/jwt/issuer_choice.hpp"
#include "core/jwt/key_miss.hpp"

#include <algorithm>

namespace core {
namespace {

bool is_sane_kid(std::string_view kid)
{
    return kid.size() <= kid_size_max && std::ranges::none_of(kid, [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
           });
}

bool list_admits(
    std::span<std::string const> list, signature_algorithm const& row, key_family family
)
{
    return list.empty() || std::ranges::any_of(list, [&](std::string const& name) {
               return admits(name, row, family);
           });
}

/// Whether an allow-list admits this row for some key; the family is checked with the key.
bool list_admits(std::span<std::string const> list, signature_algorithm const& row)
{
    return std::ranges::any_of(key_family_rows, [&](key_family_row const& one) {
        return row.families.contains(one.family) && list_admits(list, row, one.family);
    });
}

/// One search for the keys of one signature.
class search {
public:
    search(
        std::optional<json::value> claims, verify_policy const& policy, instant now,
        verify_trace* trace
    )
        : claims_(claims), policy_(policy), now_(now), trace_(trace)
    {
    }

    result<candidate_keys> run(unverified_jws::signature const& one) const
    {
        auto const& row = one.header.algorithm();
        if (!list_admits(policy_.algorithms, row))
            return errc::algorithm_not_allowed;
        auto const chosen = choose_issuer(policy_, claims_);
        if (!chosen)
            return chosen.error();
        if (trace_ != nullptr)
            trace_->issuer = *chosen;
        auto const& issuer = policy_.issuers[*chosen];
        if (!list_admits(issuer.algorithms, row))
            return errc::algorithm_not_allowed;
        keyless_token const token{issuer, claims_, now_};
        if (issuer.keys.empty()) {
            note_missed_key(trace_, token, "");
            return errc::keys_unavailable;
        }
        if (!is_sane_kid(one.kid))
            return errc::key_not_found;

        key_query const query{
            &row, issuer.ignore_kid ? std::string_view{} : std::string_view(one.kid)};
        auto keys = select_keys(issuer, query);
        if (!keys) {
            if (keys.error() == errc::key_not_found && is_unknown(query.kid, issuer))
                note_missed_key(trace_, token, query.kid);
            else if (keys.error() != errc::key_ambiguous)  // its key is now for another alg or use
                note_missed_signature(trace_, token, policy_, one.value);
            return keys.error();
        }
        std::erase_if(*keys, [&](jwk const* key) {
            auto const family = key->material->family();
            return !list_admits(policy_.algorithms, row, family)
                || !list_admits(issuer.algorithms, row, family);
        });
        if (keys->empty()) {
            note_missed_signature(trace_, token, policy_, one.value);
            return errc::algorithm_not_allowed;
        }
        return candidate_keys{*chosen, std::move(*keys)};
    }

private:
    /// Keys that are only for another issuer are candidates only where there are no others: the
    /// signature is checked, and then the token is issuer_mismatch, which newer keys cannot mend.
    result<std::vector<jwk const*>>
    select_keys(trusted_issuer const& issuer, key_query const& query) const
    {
        if (issuer.has_bound_keys && claims_) {
            auto const origin = origin_of(*claims_);
            auto of_origin = query;
            of_origin.origin = &origin;
            auto keys =
                select_verification_keys(issuer.keys, issuer.index, of_origin, issuer.source);
            if (keys || keys.error() != errc::key_not_found)
                return keys;
        }
        return select_verification_keys(issuer.keys, issuer.index, query, issuer.source);
    }

    static bool is_unknown(std::string_view kid, trusted_issuer const& issuer)
    {
        return !kid.empty() && !has_kid(issuer.keys, issuer.index, kid);
    }

    std::optional<json::value> claims_;
    verify_policy const& policy_;
    instant now_;
    verify_trace* trace_;
};

}  // namespace

result<candidate_keys> find_candidate_keys(
    unverified_jws::signature const& one, std::optional<json::value> claims,
    verify_policy const& policy, instant now, verify_trace* trace
)
{
    return search(claims, policy, now, trace).run(one);
}

}  // namespace core
