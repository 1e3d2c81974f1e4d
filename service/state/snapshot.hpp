#pragma once

#include "service/state/profiles.hpp"
#include "service/state/sign_profiles.hpp"

#include <cstdint>
#include <memory>

namespace service {

/// What a worker sees while it serves a request: the configuration, our keys and other issuers'
/// keys at one moment, and the verify profiles made of them. Immutable and shared: who works with
/// it across a wait, or on another thread, keeps the whole snapshot.
struct snapshot {
    /// The state of each source that it was made from. Snapshots of equal generations are equal.
    struct generations {
        core::instant ring{};       ///< the moment of the view of our keys
        std::uint64_t issuers = 0;  ///< of the issuer directory
        bool operator==(generations const&) const = default;
    };

    /// settings, counters  outlive the snapshot.
    /// ring                never null.
    /// others              null = no other issuer has keys.
    snapshot(
        config::settings const& settings, metrics const& counters,
        std::shared_ptr<core::ring_view const> ring, std::shared_ptr<issuer_view const> others
    );
    /// The snapshot after `before`: only keys of other issuers have changed.
    snapshot(snapshot const& before, std::shared_ptr<issuer_view const> others);

    generations of;
    config::settings const& settings;
    std::shared_ptr<core::ring_view const> ring;
    std::shared_ptr<issuer_view const> others;
    profile_set profiles;
    std::shared_ptr<sign_profile_set const> signing;  ///< never null
};

}  // namespace service
