#pragma once

#include "service/state/caller_state.hpp"
#include "service/state/configuration.hpp"
#include "service/state/profiles.hpp"
#include "service/state/sign_profiles.hpp"

#include <cstdint>
#include <memory>

namespace service {

/// What a worker sees while it serves a request: the configuration, our keys and other issuers'
/// keys at one moment, and the profiles made of them. Immutable and shared: who works with it
/// across a wait, or on another thread, keeps the whole snapshot.
struct snapshot {
    /// The state of each source that it was made from. Snapshots of equal generations are equal.
    struct generations {
        std::uint64_t configuration = 0;
        core::instant ring{};       ///< the moment of the view of our keys
        std::uint64_t issuers = 0;  ///< of the issuer directory
        std::uint64_t revocations = 0;
        bool operator==(generations const&) const = default;
    };

    /// ring     of `from`; never null.
    /// others   of the same settings; null = no other issuer has keys.
    /// revocations  the generation of those that `ring` has.
    snapshot(
        std::shared_ptr<configuration const> from, std::shared_ptr<core::ring_view const> ring,
        std::shared_ptr<issuer_view const> others, std::uint64_t revocations = 0
    );
    /// The same where there is no configuration that could change: on the command line, in tests.
    ///
    /// settings, counters  outlive the snapshot.
    /// callers             of `settings`; null = those are asked for the first time.
    snapshot(
        config::settings const& settings, metrics& counters,
        std::shared_ptr<core::ring_view const> ring, std::shared_ptr<issuer_view const> others,
        std::shared_ptr<caller_book const> callers = nullptr
    );
    /// The snapshot after `before`: only keys of other issuers have changed.
    snapshot(snapshot const& before, std::shared_ptr<issuer_view const> others);

    /// Whether both are of one configuration. Otherwise nothing that was decided with one of them
    /// holds for the other: names, permissions, indices.
    bool is_of_same_configuration(snapshot const& other) const noexcept
    {
        return &settings == &other.settings;
    }

    std::shared_ptr<configuration const> from;  ///< null = see the second constructor
    generations of;
    config::settings const& settings;
    metrics& counters;
    refusal_log* refusals;  ///< null = there is no log, as on the command line
    std::shared_ptr<core::ring_view const> ring;
    std::shared_ptr<issuer_view const> others;
    profile_set profiles;
    std::shared_ptr<sign_profile_set const> signing;  ///< never null
    std::shared_ptr<caller_book const> callers;       ///< never null
};

}  // namespace service
