#include "core/jwt/key_miss.hpp"

#include "core/base/contains.hpp"

#include <functional>

namespace core {
namespace {

bool is_foreign(keyless_token const& token)
{
    return token.issuer.source == set_source::foreign;
}

bool needs_exp(claims_policy const& policy)
{
    return policy.require_exp && policy.checks.exp && !contains(policy.optional, "exp");
}

/// Whether exp and nbf are those of a token that is valid now, also where they are not checked: an
/// old token only says that its key was replaced long ago.
bool is_current(json::value claims, claims_policy const& policy, instant now)
{
    auto const leeway = static_cast<double>(policy.leeway.count());
    auto const exp = claims.find("exp"), nbf = claims.find("nbf");
    if (!exp && needs_exp(policy))
        return false;
    if (exp && (!exp->is_number() || exp->number() <= numeric_date(now) - leeway))
        return false;
    return !nbf || (nbf->is_number() && nbf->number() <= numeric_date(now) + leeway);
}

std::uint64_t mark_of(byte_view signature)
{
    auto const hash = std::uint64_t{std::hash<std::string_view>{}(as_text(signature))};
    return hash == 0 ? 1 : hash;
}

}  // namespace

void note_missed_key(verify_trace* trace, keyless_token const& token, std::string_view kid)
{
    if (trace == nullptr || !is_foreign(token))
        return;
    auto const exp = token.claims ? token.claims->find("exp") : std::nullopt;
    auto const long_ago = numeric_date(token.now) - std::chrono::seconds(leeway_max).count();
    if (exp && exp->is_number() && exp->number() < long_ago)
        return;
    trace->miss = kid.empty() ? key_miss::set : key_miss::kid;
    trace->kid = kid;
}

void note_missed_signature(
    verify_trace* trace, keyless_token const& token, verify_policy const& policy,
    byte_view signature
)
{
    if (trace == nullptr || !is_foreign(token) || !token.claims || policy.claims == nullptr)
        return;
    if (!is_of(token.issuer, *token.claims)
        || !is_current(*token.claims, *policy.claims, token.now))
        return;
    trace->miss = key_miss::signature;
    trace->signature = mark_of(signature);
}

}  // namespace core
