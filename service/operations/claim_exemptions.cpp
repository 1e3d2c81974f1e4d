#include "service/operations/claim_exemptions.hpp"

#include "core/base/contains.hpp"
#include "core/base/name_set.hpp"
#include "service/operations/request_lists.hpp"

#include <algorithm>

namespace service {
namespace {

bool is_scope_claim(std::string_view claim)
{
    return claim == "scope" || claim == "scp";
}

/// Whether a token without this claim is refused, apart from claims that `required` names and from
/// members that only a request has.
bool demands_apart_from_named(core::claims_policy const& policy, std::string_view claim)
{
    return (claim == "exp" && ((policy.require_exp && policy.checks.exp) || policy.max_lifetime))
        || (claim == "iat" && (policy.max_age || policy.max_lifetime))
        || (claim == "aud" && !policy.audiences.empty() && policy.checks.aud)
        || (is_scope_claim(claim) && !(policy.scopes.empty() && policy.any_scopes.empty()));
}

bool demands(core::claims_policy const& policy, std::string_view claim)
{
    return demands_apart_from_named(policy, claim) || core::contains(policy.required, claim)
        || std::ranges::find(policy.rules, claim, &core::claim_rule::claim) != policy.rules.end();
}

/// The claims that are named, of which a request may name many.
core::name_set named_in(core::claims_policy const& policy)
{
    std::vector<std::string_view> names(policy.required.begin(), policy.required.end());
    for (auto const& one : policy.expected)
        names.push_back(one.name);
    return core::name_set(std::move(names));
}

/// The same, with everything that is expected.
///
/// named    named_in(policy).
bool expects(core::claims_policy const& policy, core::name_set const& named, std::string_view claim)
{
    auto const& on = policy.checks;
    return named.contains(claim) || demands_apart_from_named(policy, claim)
        || (claim == "iss" && !policy.issuers.empty() && on.iss)
        || (claim == policy.subject_claim && policy.subject && on.sub)
        || (claim == "nonce" && policy.nonce)
        || (claim == "at_hash" && policy.access_token && on.at_hash)
        || (claim == "c_hash" && policy.code);
}

class exemption_reader {
public:
    exemption_reader(body_reader& read, ready_profile const* profile, core::claims_policy& to)
        : read_(read), profile_(profile), to_(to)
    {
    }

    core::result<void> run(core::work_budget* budget)
    {
        read_checks();
        return read_optional(budget);
    }

private:
    bool may_override(std::string_view name) const
    {
        return profile_ == nullptr || core::contains(profile_->settings->allow_overrides, name);
    }

    /// How many entries of the profile's lists a name of `optional` is compared with.
    std::size_t compared_entries() const
    {
        if (profile_ == nullptr)
            return 0;
        auto const& has = profile_->claims;
        return has.required.size() + has.rules.size() + profile_->settings->allow_overrides.size();
    }

    core::result<void> read_optional(core::work_budget* budget)
    {
        auto const optional = read_.string_list("optional");
        if (!optional)
            return {};
        if (!charge(budget, of_comparing(optional->size(), compared_entries())))
            return core::errc::work_exceeded;
        auto const own =
            core::name_set(read_.string_list("required").value_or(std::vector<std::string_view>()));
        auto const named = named_in(to_);
        for (auto const claim : *optional) {
            bool const is_demanded =
                profile_ != nullptr && (claim == "iss" || demands(profile_->claims, claim));
            if (is_demanded && (claim == "iss" || !may_override(claim)))
                read_.refuse(
                    "optional",
                    "The profile requires this claim and does not allow requests to skip it."
                );
            else if (own.contains(claim))
                read_.refuse("optional", "This claim is also in `required`.");
            else if (!expects(to_, named, claim))
                read_.refuse("optional", "Nothing requires this claim, so it is optional already.");
        }
        to_.optional.assign(optional->begin(), optional->end());
        return {};
    }

    void read_checks()
    {
        auto const checks = read_.object("checks");
        if (!checks)
            return;
        if (checks->size() == 0)
            read_.refuse("checks", "An empty object skips nothing: leave it out.");
        auto& on = to_.checks;
        body_reader each(*checks);
        for (auto const& [name, flag] : {
                 std::pair{"exp", &on.exp},
                 std::pair{"nbf", &on.nbf},
                 std::pair{"iat", &on.iat},
                 std::pair{"aud", &on.aud},
                 std::pair{"iss", &on.iss},
                 std::pair{"sub", &on.sub},
                 std::pair{"jti", &on.jti},
                 std::pair{"at_hash", &on.at_hash},
             }) {
            auto const wanted = each.boolean(name);
            if (wanted && !*wanted)
                refuse_to_skip(name);
            *flag = wanted.value_or(*flag);
        }
        if (each.finish())
            read_.refuse(
                "checks", "checks contains booleans: exp, nbf, iat, aud, iss, sub, jti, at_hash."
            );
    }

    /// With a profile every check is one of its demands, except at_hash, which needs a member of
    /// the request anyway. iss is always checked.
    void refuse_to_skip(std::string_view name)
    {
        if (name == "at_hash") {
            if (!to_.access_token)
                read_.refuse("checks", "at_hash is only checked with access_token.");
            return;
        }
        if (profile_ != nullptr && (name == "iss" || !may_override(name)))
            read_.refuse("checks", "The profile does not allow requests to skip this check.");
    }

    body_reader& read_;
    ready_profile const* profile_;
    core::claims_policy& to_;
};

}  // namespace

core::result<void> read_exemptions(
    body_reader& read, ready_profile const* profile, core::claims_policy& to,
    core::work_budget* budget
)
{
    return exemption_reader(read, profile, to).run(budget);
}

}  // namespace service
