#include "core/jwt/issuer_choice.hpp"

namespace core {
namespace {

bool has_exactly(trusted_issuer const& one, std::string_view iss)
{
    return one.identity == nullptr && one.issuer == iss;
}

/// The first issuer with exactly this `iss`.
std::optional<std::size_t> find_exact(
    std::span<trusted_issuer const> issuers, issuer_places const* places, std::string_view iss
)
{
    if (places != nullptr) {
        auto const found = places->by_iss.find(iss);
        return found == places->by_iss.end() ? std::nullopt : std::optional(found->second);
    }
    for (std::size_t i = 0; i < issuers.size(); ++i) {
        if (has_exactly(issuers[i], iss))
            return i;
    }
    return std::nullopt;
}

/// Calls `use` with the index of every issuer that has an identity, until it returns false.
template <class Use>
void each_with_identity(
    std::span<trusted_issuer const> issuers, issuer_places const* places, Use use
)
{
    if (places != nullptr) {
        for (auto const i : places->with_identity) {
            if (!use(i))
                return;
        }
        return;
    }
    for (std::size_t i = 0; i < issuers.size(); ++i) {
        if (issuers[i].identity != nullptr && !use(i))
            return;
    }
}

failure mismatch()
{
    return failure::of_claim(errc::issuer_mismatch, "iss", fault::check_failed);
}

}  // namespace

issuer_places places_of(std::span<trusted_issuer const> issuers)
{
    issuer_places made;
    for (std::size_t i = 0; i < issuers.size(); ++i) {
        if (issuers[i].identity == nullptr)
            made.by_iss.emplace(issuers[i].issuer, i);
        else
            made.with_identity.push_back(i);
    }
    return made;
}

bool is_of(trusted_issuer const& issuer, json::value claims)
{
    if (issuer.identity != nullptr)
        return issuer.identity->admits(claims);
    auto const iss = claims.find("iss");
    return iss && iss->is_string() && iss->string() == issuer.issuer;
}

std::optional<std::size_t> find_issuer(
    std::span<trusted_issuer const> issuers, issuer_places const* places, std::string_view iss
)
{
    auto found = find_exact(issuers, places, iss);
    each_with_identity(issuers, places, [&](std::size_t i) {
        if (!found && issuers[i].identity->admits_iss(iss))
            found = i;
        return !found;
    });
    return found;
}

result<std::size_t> choose_issuer(verify_policy const& policy, std::optional<json::value> claims)
{
    auto const issuers = policy.issuers;
    auto const* const places = policy.places;
    if (issuers.size() == 1)
        return std::size_t{0};
    if (issuers.empty())
        return errc::key_not_found;
    if (!claims)
        return errc::key_ambiguous;
    auto const iss = claims->find("iss");
    std::optional<std::size_t> found;
    if (iss && iss->is_string())
        found = find_exact(issuers, places, iss->string());
    bool is_several = false;
    std::optional<identity_claims> read;  // once, where an issuer needs them
    each_with_identity(issuers, places, [&](std::size_t i) {
        if (!read)
            read = identity_claims_of(*claims);
        if (issuers[i].identity->admits(*read)) {
            is_several = found.has_value();
            found = i;
        }
        return !is_several;
    });
    if (is_several)
        return mismatch();
    if (found)
        return *found;
    if (!iss)
        return failure::of_claim(errc::claim_missing, "iss", fault::missing);
    return mismatch();
}

}  // namespace core
