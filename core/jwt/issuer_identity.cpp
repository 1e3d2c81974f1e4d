#include "core/jwt/issuer_identity.hpp"

#include "core/base/contains.hpp"
#include "core/jwt/spiffe_id.hpp"

#include <algorithm>
#include <utility>

namespace core {
namespace {

/// The claim's text; empty when there is none, or it is not a text.
std::string_view text_of(json::value claims, std::string_view name)
{
    auto const found = claims.find(name);
    return found && found->is_string() ? found->string() : std::string_view();
}

}  // namespace

identity_claims identity_claims_of(json::value claims)
{
    return {text_of(claims, "iss"), text_of(claims, "tid"), text_of(claims, "sub")};
}

issuer_identity issuer_identity::of_spellings(std::vector<std::string> spellings)
{
    issuer_identity made;
    made.spellings_ = std::move(spellings);
    return made;
}

issuer_identity issuer_identity::of_tenants(
    std::string form, std::vector<std::string> tenants, std::vector<std::string> spellings
)
{
    auto made = of_spellings(std::move(spellings));
    made.form_ = std::move(form);
    made.tenants_ = std::move(tenants);
    std::ranges::sort(made.tenants_);
    return made;
}

issuer_identity issuer_identity::of_trust_domain(std::string name)
{
    issuer_identity made;
    made.trust_domain_ = std::move(name);
    return made;
}

std::optional<std::string_view> issuer_identity::tenant_in(std::string_view iss) const
{
    if (form_.empty())
        return std::nullopt;
    auto const tenant = filled_in(iss, form_, placeholder);
    bool const is_admitted =
        tenant && (tenants_.empty() || std::ranges::binary_search(tenants_, *tenant));
    return is_admitted ? tenant : std::nullopt;
}

bool issuer_identity::admits(identity_claims const& claims) const
{
    if (is_trust_domain())
        return is_workload_of(trust_domain_, claims.sub);
    if (contains(spellings_, claims.iss))
        return true;
    auto const tenant = tenant_in(claims.iss);
    return tenant && *tenant == claims.tid;
}

bool issuer_identity::admits_iss(std::string_view iss) const
{
    return contains(spellings_, iss) || tenant_in(iss).has_value();
}

bool issuer_identity::shares_tenants_with(issuer_identity const& other) const
{
    if (form_.empty() || form_ != other.form_)
        return false;
    return tenants_.empty() || other.tenants_.empty()
        || std::ranges::any_of(tenants_, [&](std::string const& one) {
               return std::ranges::binary_search(other.tenants_, one);
           });
}

bool issuer_identity::overlaps(issuer_identity const& other) const
{
    auto const has = [](issuer_identity const& of) {
        return [&of](std::string const& iss) { return of.admits_iss(iss); };
    };
    if (is_trust_domain() || other.is_trust_domain())
        return trust_domain_ == other.trust_domain_;
    return shares_tenants_with(other) || std::ranges::any_of(spellings_, has(other))
        || std::ranges::any_of(other.spellings_, has(*this));
}

token_origin origin_of(json::value claims)
{
    return {text_of(claims, "iss"), text_of(claims, "tid")};
}

}  // namespace core
