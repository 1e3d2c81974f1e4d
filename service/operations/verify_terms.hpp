#pragma once

#include "core/jwt/jwt.hpp"
#include "service/operations/context.hpp"
#include "service/state/snapshot.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace service {

/// What a token is verified with: a profile as a request narrows it, or the keys in a request.
/// Checked and complete, except for the token.
struct verify_terms {
    std::shared_ptr<snapshot const> seen;       ///< never null; `profile` is in it
    ready_profile const* profile = nullptr;     ///< null = the keys of the request
    std::vector<core::jwk> keys{};              ///< in the request
    std::vector<core::left_out_key> skipped{};  ///< of the request's set: not in `keys`
    bool ignore_kid = false;  ///< there is only one key, whatever kid the token has
    core::token_mode mode = core::token_mode::jwt;
    std::vector<std::string> algorithms{};        ///< narrows; empty = the profile's
    std::optional<core::claims_policy> claims{};  ///< nullopt = the profile's
    std::vector<std::size_t> only_issuers{};      ///< sorted, of the profile's; empty = all of them
    std::optional<std::string> detached{};        ///< content that the token does not carry
    bool may_be_nested = true;                    ///< in a JWE that the profile opens
    bool has_waited = false;                      ///< for a missing key, which is done once
    std::size_t token_bytes = no_limit;           ///< of a JWS; no_limit where a head bounds it
    static constexpr std::size_t no_limit = std::string::npos;
    core::token_memory* memory = nullptr;  ///< of the thread that serves the request; null = none

    bool is_inline() const noexcept { return profile == nullptr; }
    core::claims_policy const& claims_policy() const noexcept
    {
        return claims ? *claims : profile->claims;
    }
    /// Whether the verdict on a signature may be remembered for the next time that the token comes.
    /// What may be used only once does not belong to it, nor what /decrypt has opened.
    bool may_be_remembered() const noexcept
    {
        return !is_inline() && may_be_nested && !detached && profile->settings->cache;
    }
    /// Bytes of the longest token that is looked at, signed or encrypted.
    std::size_t longest_token() const noexcept;
    /// Where a refusal of the token happens.
    context where() const noexcept
    {
        return is_inline() ? context::verify_inline : context::verify;
    }
    /// Continues with a newer snapshot of the same configuration, after a wait for a missing key.
    void look_again(std::shared_ptr<snapshot const> now);
};

/// The terms in the form that core::verify takes. Its views point into itself and into the terms.
class ready_policy {
public:
    /// remembered  where signatures are looked up and kept; null = nowhere.
    ready_policy(
        verify_terms const& of, core::work_budget* budget, core::verified_tokens* remembered
    );
    ready_policy(ready_policy const&) = delete;
    ready_policy& operator=(ready_policy const&) = delete;

    core::verify_policy const& get() const noexcept { return policy_; }
    /// The profile's index of an issuer of the policy.
    std::size_t issuer_of(std::size_t index) const noexcept
    {
        return issuer_of_.empty() ? index : issuer_of_[index];
    }

private:
    void narrow(ready_profile const& profile, std::vector<std::size_t> const& to);

    core::verify_policy policy_;
    std::vector<core::trusted_issuer> issuers_;  // empty = all of the profile
    std::vector<std::size_t> issuer_of_;         // for each of issuers_, its index in the profile
};

}  // namespace service
