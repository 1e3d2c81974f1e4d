#include "core/jwt/claims.hpp"

#include "core/base/contains.hpp"
#include "core/base/secret.hpp"
#include "core/json/json_equal.hpp"
#include "core/jws/admitted_types.hpp"
#include "core/jwt/claim_types.hpp"
#include "core/jwt/half_hash.hpp"
#include "core/jwt/scope_rules.hpp"

#include <algorithm>

namespace core {
namespace {

/// One validation: the claims, the policy and the time.
class validation {
public:
    validation(json::value claims, hash half, claims_policy const& policy, instant now)
        : claims_(claims), known_(claims), half_(half), policy_(policy), now_(numeric_date(now)),
          leeway_(static_cast<double>(policy.leeway.count()))
    {
    }

    result<void> run(std::optional<std::string_view> typ) const
    {
        using step = result<void> (validation::*)() const;
        if (auto const mistyped = mistyped_claim(claims_, known_, policy_))
            return failure::of_claim(errc::claim_invalid, *mistyped, fault::invalid);
        if (!typ_fits(typ))
            return failure::of_claim(
                errc::type_mismatch, "typ", typ ? fault::check_failed : fault::missing
            );
        for (auto const check : {
                 static_cast<step>(&validation::required),
                 &validation::times,
                 &validation::lifetime,
                 &validation::age,
                 &validation::issuer,
                 &validation::audience,
                 &validation::subject,
                 &validation::nonce,
                 &validation::rules,
                 &validation::expected,
                 &validation::hashes,
                 &validation::scopes,
             }) {
            if (auto outcome = (this->*check)(); !outcome)
                return outcome;
        }
        return {};
    }

private:
    static failure missing(std::string_view claim)
    {
        return failure::of_claim(errc::claim_missing, claim, fault::missing);
    }
    static failure refused(errc code, std::string_view claim)
    {
        return failure::of_claim(code, claim, fault::check_failed);
    }
    bool may_lack(std::string_view claim) const { return contains(policy_.optional, claim); }

    static std::optional<double> number(std::optional<json::value> const& claim)
    {
        if (!claim)
            return std::nullopt;
        return claim->number();
    }

    bool typ_fits(std::optional<std::string_view> typ) const
    {
        return policy_.any_typ || typ_is_admitted(typ, policy_.typ);
    }

    result<void> required() const
    {
        for (auto const& name : policy_.required) {
            auto const found = claims_.find(name);
            if (found ? found->is_null() : !may_lack(name))
                return missing(name);
        }
        return {};
    }

    result<void> times() const
    {
        auto const exp = number(known_.exp);
        if (policy_.checks.exp && !exp && policy_.require_exp && !may_lack("exp"))
            return missing("exp");
        if (policy_.checks.exp && exp && *exp <= now_ - leeway_)
            return refused(errc::token_expired, "exp");
        if (policy_.checks.nbf && begins_later(known_.nbf))
            return refused(errc::token_not_yet_valid, "nbf");
        if (policy_.checks.iat && begins_later(known_.iat))
            return refused(errc::token_not_yet_valid, "iat");
        return {};
    }

    bool begins_later(std::optional<json::value> const& claim) const
    {
        auto const from = number(claim);
        return from && *from > now_ + leeway_;
    }

    result<void> lifetime() const
    {
        if (!policy_.max_lifetime)
            return {};
        auto const exp = number(known_.exp), iat = number(known_.iat);
        if (!exp)
            return may_lack("exp") ? result<void>{} : missing("exp");
        if (!iat)
            return may_lack("iat") ? result<void>{} : missing("iat");
        if (*exp - *iat > static_cast<double>(policy_.max_lifetime->count()))
            return refused(errc::claim_invalid, "exp");
        return {};
    }

    result<void> age() const
    {
        if (!policy_.max_age)
            return {};
        auto const iat = number(known_.iat);
        if (!iat)
            return may_lack("iat") ? result<void>{} : missing("iat");
        if (now_ - *iat > static_cast<double>(policy_.max_age->count()) + leeway_)
            return refused(errc::token_expired, "iat");
        return {};
    }

    result<void> issuer() const
    {
        if (policy_.issuers.empty() || !policy_.checks.iss)
            return {};
        if (is_of_whole_issuer())
            return {};
        auto const& iss = known_.iss;
        if (!iss)
            return may_lack("iss") ? result<void>{} : missing("iss");
        if (!contains(policy_.issuers, iss->string()))
            return refused(errc::issuer_mismatch, "iss");
        return {};
    }

    bool is_of_whole_issuer() const
    {
        if (policy_.whole_issuers.empty())
            return false;
        auto const read = identity_claims_of(claims_);
        return std::ranges::any_of(policy_.whole_issuers, [&](issuer_identity const& one) {
            return one.admits(read);
        });
    }

    result<void> audience() const
    {
        if (!policy_.checks.aud)
            return {};
        auto const& aud = known_.aud;
        if (!aud) {
            bool const fine = policy_.audiences.empty() || may_lack("aud");
            return fine ? result<void>{} : missing("aud");
        }
        if (policy_.strict_audience) {
            bool const same = aud->is_string() && policy_.audiences.size() == 1
                && aud->string() == policy_.audiences.front();
            return same ? result<void>{} : refused(errc::audience_mismatch, "aud");
        }
        auto const expected = [&](json::value one) {
            return contains(policy_.audiences, one.string());
        };
        bool const found =
            aud->is_string() ? expected(*aud) : std::any_of(aud->begin(), aud->end(), expected);
        return found ? result<void>{} : refused(errc::audience_mismatch, "aud");
    }

    result<void> subject() const
    {
        if (!policy_.subject || !policy_.checks.sub)
            return {};
        auto const& name = policy_.subject_claim;
        auto const found = claims_.find(name);
        if (!found)
            return may_lack(name) ? result<void>{} : missing(name);
        return found->string() == *policy_.subject ? result<void>{}
                                                   : refused(errc::subject_mismatch, name);
    }

    result<void> nonce() const
    {
        if (!policy_.nonce)
            return {};
        auto const nonce = claims_.find("nonce");
        if (!nonce)
            return may_lack("nonce") ? result<void>{} : missing("nonce");
        bool const same = nonce->is_string() && nonce->string() == *policy_.nonce;
        return same ? result<void>{} : refused(errc::claim_invalid, "nonce");
    }

    result<void> rules() const { return check_claim_rules(claims_, policy_.rules); }

    result<void> expected() const
    {
        for (auto const& [name, text] : policy_.expected) {
            auto const found = claims_.find(name);
            if (!found && may_lack(name))
                continue;
            if (!found)
                return missing(name);
            auto const wanted = json::document::parse(text);
            if (!wanted || !json_equal(*found, wanted->root()))
                return refused(errc::claim_invalid, name);
        }
        return {};
    }

    result<void> hashes() const
    {
        for (auto const& [claim, value] :
             {std::pair{"at_hash", &policy_.access_token}, std::pair{"c_hash", &policy_.code}}) {
            bool const is_off = claim == std::string_view("at_hash") && !policy_.checks.at_hash;
            if (!*value || is_off)
                continue;
            auto const found = claims_.find(claim);
            if (!found && may_lack(claim))
                continue;
            if (!found)
                return missing(claim);
            auto const wanted = half_hash(half_, **value);
            if (wanted.empty()
                || !equal_in_constant_time(as_bytes(found->string()), as_bytes(wanted)))
                return refused(errc::token_hash_mismatch, claim);
        }
        return {};
    }

    result<void> scopes() const
    {
        if (policy_.scopes.empty() && policy_.any_scopes.empty())
            return {};
        auto const granted = scope_claim(claims_);
        if (!granted && (may_lack("scope") || may_lack("scp")))
            return {};
        if (!granted)
            return missing("scope");
        if (!grants(*granted, policy_.scopes, policy_.any_scopes))
            return refused(errc::scope_insufficient, granted->name());
        return {};
    }

    json::value claims_;
    registered_claims known_;
    hash half_;
    claims_policy const& policy_;
    double now_;
    double leeway_;
};

}  // namespace

std::size_t entries_of(claims_policy const& policy)
{
    constexpr std::size_t of_identity = 3;
    auto count = policy.issuers.size() + policy.whole_issuers.size() * of_identity
        + policy.audiences.size() + policy.typ.size() + policy.required.size()
        + policy.optional.size() + policy.scopes.size() + policy.any_scopes.size()
        + entries_of(policy.rules);
    for (auto const& one : policy.expected)
        count += entries_of_text(one.json);
    return count;
}

result<void> validate_claims(
    json::value claims, std::optional<std::string_view> typ, hash half, claims_policy const& policy,
    instant now
)
{
    return validation(claims, half, policy, now).run(typ);
}

std::vector<std::string_view> unchecked_claims(json::value claims, claims_policy const& policy)
{
    std::vector<std::string_view> names;
    if (claims.find("cnf"))
        names.emplace_back("cnf");
    if (claims.find("at_hash") && (!policy.access_token || !policy.checks.at_hash))
        names.emplace_back("at_hash");
    if (claims.find("c_hash") && !policy.code)
        names.emplace_back("c_hash");
    return names;
}

}  // namespace core
