#pragma once

#include "core/json/json.hpp"
#include "core/keys/bound_keys.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// What an identity looks at; views into the claims.
struct identity_claims {
    std::string_view iss, tid, sub;  ///< untrusted; empty = none, or not a text
};

/// Reads them once, for any number of issuers.
///
/// claims   one JSON object; untrusted. Must outlive the result.
identity_claims identity_claims_of(json::value claims);

/// Which tokens are an issuer's, where it is not one exact `iss` that says so. An issuer has either
/// texts (`spellings`, `form`) or a trust domain.
class issuer_identity {
public:
    /// The place of a tenant's name in a template.
    static constexpr std::string_view placeholder = "{tid}";

    /// One issuer that writes its name in several ways.
    static issuer_identity of_spellings(std::vector<std::string> spellings);
    /// One issuer of many tenants, such as Microsoft Entra.
    ///
    /// form       has the placeholder once.
    /// tenants    those whose tokens are admitted; empty = any.
    /// spellings  further exact texts.
    static issuer_identity of_tenants(
        std::string form, std::vector<std::string> tenants, std::vector<std::string> spellings
    );
    /// A SPIFFE trust domain, whose tokens need no iss.
    static issuer_identity of_trust_domain(std::string name);

    /// Whether a token with these claims is the issuer's: its iss is one of the spellings, or the
    /// template with an admitted tenant that is the token's own `tid`; or its sub is a workload's
    /// of the trust domain.
    bool admits(identity_claims const& claims) const;
    /// The same of a whole token.
    ///
    /// claims   one JSON object; untrusted.
    bool admits(json::value claims) const { return admits(identity_claims_of(claims)); }
    /// Whether some token with this iss is; never of a trust domain, which looks at no iss.
    bool admits_iss(std::string_view iss) const;
    bool is_trust_domain() const noexcept { return !trust_domain_.empty(); }
    bool admits_any_tenant() const noexcept { return !form_.empty() && tenants_.empty(); }
    /// Whether a token could be both one's and the other's by what decides for each of them. A
    /// trust domain and an issuer with texts look at different claims: what is both is refused when
    /// it comes.
    bool overlaps(issuer_identity const& other) const;

    bool operator==(issuer_identity const&) const = default;

private:
    std::optional<std::string_view> tenant_in(std::string_view iss) const;
    bool shares_tenants_with(issuer_identity const& other) const;

    std::vector<std::string> spellings_;
    std::string form_;                  // with the placeholder; empty = none
    std::vector<std::string> tenants_;  // sorted; empty = any
    std::string trust_domain_;          // empty = none
};

/// What the claims say, for keys that are only for some issuer.
///
/// claims   one JSON object; untrusted. Must outlive the result.
token_origin origin_of(json::value claims);

}  // namespace core
