#include "service/state/snapshot.hpp"

namespace service {

snapshot::snapshot(
    config::settings const& settings_, metrics const& counters,
    std::shared_ptr<core::ring_view const> ring_, std::shared_ptr<issuer_view const> others_
)
    : of{ring_->made_at, others_ ? others_->generation : 0}, settings(settings_),
      ring(std::move(ring_)), others(std::move(others_)),
      profiles(settings, *ring, counters, others),
      signing(std::make_shared<sign_profile_set const>(settings, *ring, counters))
{
}

snapshot::snapshot(snapshot const& before, std::shared_ptr<issuer_view const> others_)
    : of{before.of.ring, others_->generation}, settings(before.settings), ring(before.ring),
      others(std::move(others_)), profiles(before.profiles, others), signing(before.signing)
{
}

}  // namespace service
