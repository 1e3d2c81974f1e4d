#include "service/state/snapshot.hpp"

namespace service {

snapshot::snapshot(
    config::settings const& settings_, metrics const& counters,
    std::shared_ptr<core::ring_view const> ring_, std::shared_ptr<issuer_view const> others_,
    std::shared_ptr<sign_profile_set const> signing_
)
    : of{ring_->made_at, others_ ? others_->generation : 0}, settings(settings_),
      ring(std::move(ring_)), others(std::move(others_)),
      profiles(settings, *ring, counters, others),
      signing(
          signing_ ? std::move(signing_)
                   : std::make_shared<sign_profile_set const>(settings, *ring, counters)
      )
{
}

}  // namespace service
