#pragma once

#include "core/rotation/schedule.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace simulation {

/// What happened in all lives together.
struct rotation_tally {
    std::uint64_t lives = 0, steps = 0, keys = 0, manifests = 0, rotations = 0, early = 0,
                  emergencies = 0, revocations = 0, takeovers = 0, crashes = 0, overtaken = 0,
                  signed_tokens = 0, verified = 0, fetches = 0, buried = 0;
};

/// One series over some of its life: a folder, replicas that read it a little late, verifiers that
/// cache the JWKS for as long as they may, and everything that can go wrong between.
class rotation_world {
public:
    rotation_world(std::uint64_t seed, rotation_tally& counts);

    /// Returns  which promise was broken; empty = none.
    std::string run();

private:
    using instant = core::instant;
    using ring_ptr = std::shared_ptr<core::key_ring const>;

    struct version {
        instant seen_from;  // without a replica's delay
        core::rotation::manifest what;
        ring_ptr ring;
    };
    struct replica {
        std::chrono::milliseconds delay{0};  // until it has read what is on the disk
        std::map<std::string, core::key_state> states{};
    };
    struct verifier {
        std::set<std::string> kids{};
        instant fetched_at{}, fresh_until{};
    };
    struct token {
        std::string kid;
        instant expires_at;
    };

    std::uint64_t any(std::uint64_t below) { return random_() % below; }
    bool maybe(std::uint64_t one_in) { return any(one_in) == 0; }
    std::chrono::milliseconds some_time(std::chrono::milliseconds most)
    {
        return std::chrono::milliseconds(any(static_cast<std::uint64_t>(most.count()) + 1));
    }
    core::rotation::manifest const& newest() const { return versions_.back().what; }

    void store(core::rotation::manifest next);
    std::string work();
    std::string write_turn();
    std::string check_files() const;
    std::string rotate();
    std::string revoke();
    version const& seen_by(replica const& one, instant at) const;
    core::revoked_keys revoked_for(replica const& one, instant at) const;
    core::ring_view view_of(replica const& one, instant at) const;
    std::string check_states(replica& one);
    std::string sign(replica& one);
    std::string verify(token const& one, verifier& by);
    void fetch(verifier& into);

    std::mt19937_64 random_;
    rotation_tally& counts_;
    core::rotation::plan plan_;
    instant now_{};
    std::vector<version> versions_;
    core::revoked_keys revoked_;
    std::set<std::string> files_, unproven_, made_;
    std::vector<replica> replicas_;
    std::vector<verifier> verifiers_;
    std::deque<token> tokens_;
    std::string first_;        // the first key: it signs at once
    bool is_excused_ = false;  // there was an emergency or a revocation
    std::uint64_t next_kid_ = 0;
};

}  // namespace simulation
