#include "service/issuers/signature_gate.hpp"

#include "service/issuers/issuer_counters.hpp"

namespace service {

/// nullopt = none.
std::optional<miss_outcome> signature_gate::refusal(
    core::jwk_set const* tried, std::uint64_t signature, core::uptime now
) const noexcept
{
    if (keys_.load(std::memory_order_relaxed) != tried)
        return std::nullopt;  // newer keys are here already
    auto const place = signature % core::bad_signatures::places;
    if (refused_[place].load(std::memory_order_relaxed) == signature)
        return miss_outcome::negative;
    if (now.time_since_epoch().count() < opens_at_.load(std::memory_order_relaxed))
        return miss_outcome::suppressed;
    if (is_full_.load(std::memory_order_relaxed))
        return miss_outcome::crowded;
    return std::nullopt;
}

bool signature_gate::admits(
    core::jwk_set const* tried, std::uint64_t signature, core::uptime now
) noexcept
{
    auto const why_not = refusal(tried, signature, now);
    if (why_not)
        counters_->count<"signet_jwks_bad_signature_total">(issuer_, *why_not);
    return !why_not;
}

void signature_gate::tell(state const& now, core::bad_signatures const& refused) noexcept
{
    auto const marks = refused.refused();
    for (std::size_t i = 0; i < marks.size(); ++i)
        refused_[i].store(marks[i], std::memory_order_relaxed);
    opens_at_.store(now.opens_at.time_since_epoch().count(), std::memory_order_relaxed);
    is_full_.store(now.is_full, std::memory_order_relaxed);
    keys_.store(now.keys, std::memory_order_relaxed);
}

}  // namespace service
