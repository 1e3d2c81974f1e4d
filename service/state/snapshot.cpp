#include "service/state/snapshot.hpp"

namespace service {

snapshot::snapshot(
    std::shared_ptr<configuration const> from_, std::shared_ptr<core::ring_view const> ring_,
    std::shared_ptr<issuer_view const> others_, std::uint64_t revocations_
)
    : from(std::move(from_)), of{from->generation, ring_->made_at,
                                 others_ ? others_->generation : 0, revocations_},
      settings(*from->settings), counters(*from->counters), refusals(from->refusals.get()),
      ring(std::move(ring_)), others(std::move(others_)),
      profiles(settings, *ring, counters, others),
      signing(std::make_shared<sign_profile_set const>(settings, *ring, counters)),
      callers(from->callers)
{
}

snapshot::snapshot(
    config::settings const& settings_, metrics& counters_,
    std::shared_ptr<core::ring_view const> ring_, std::shared_ptr<issuer_view const> others_,
    std::shared_ptr<caller_book const> callers_
)
    : of{0, ring_->made_at, others_ ? others_->generation : 0, 0}, settings(settings_),
      counters(counters_), refusals(nullptr), ring(std::move(ring_)), others(std::move(others_)),
      profiles(settings, *ring, counters, others),
      signing(std::make_shared<sign_profile_set const>(settings, *ring, counters)),
      callers(callers_ ? std::move(callers_) : caller_state().book_of(settings))
{
}

snapshot::snapshot(snapshot const& before, std::shared_ptr<issuer_view const> others_)
    : from(before.from), of{before.of.configuration, before.of.ring, others_->generation,
                            before.of.revocations},
      settings(before.settings), counters(before.counters), refusals(before.refusals),
      ring(before.ring), others(std::move(others_)), profiles(before.profiles, others),
      signing(before.signing), callers(before.callers)
{
}

}  // namespace service
