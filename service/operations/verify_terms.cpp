#include "service/operations/verify_terms.hpp"

#include "service/operations/nested.hpp"

#include <algorithm>

namespace service {

void verify_terms::look_again(std::shared_ptr<snapshot const> now)
{
    has_waited = true;
    if (profile != nullptr) {
        auto const& name = profile->settings->name;
        profile = profile->settings->is_for_callers ? now->profiles.find_for_callers(name)
                                                    : now->profiles.find(name);
    }
    seen = std::move(now);
}

std::size_t verify_terms::longest_token() const noexcept
{
    bool const opens = may_be_nested && profile != nullptr && profile->opens;
    std::size_t const jwe = opens ? longest_nested_token(seen->settings.limits) : 0;
    return std::max(token_bytes, jwe);
}

ready_policy::ready_policy(
    verify_terms const& of, core::work_budget* budget, core::verified_tokens* remembered
)
{
    policy_.budget = budget;
    policy_.memory = of.memory;
    policy_.remembered = remembered;
    policy_.mode = of.mode;
    policy_.claims = &of.claims_policy();
    policy_.algorithms = of.algorithms;
    if (of.detached)
        policy_.detached = *of.detached;
    if (of.is_inline()) {
        core::trusted_issuer trusted;
        trusted.keys = of.keys;
        trusted.ignore_kid = of.ignore_kid;
        issuers_.push_back(trusted);
        policy_.issuers = issuers_;
        return;
    }
    if (of.algorithms.empty())
        policy_.algorithms = of.profile->settings->algorithms;
    policy_.issuers = of.profile->issuers;
    policy_.places = of.profile->places.get();
    if (!of.only_issuers.empty())
        narrow(*of.profile, of.only_issuers);
}

/// The profile's issuers that the request still allows.
void ready_policy::narrow(ready_profile const& profile, std::vector<std::size_t> const& to)
{
    issuer_of_ = to;
    for (auto const index : issuer_of_)
        issuers_.push_back(profile.issuers[index]);
    policy_.issuers = issuers_;
    policy_.places = nullptr;
}

}  // namespace service
