#pragma once

#include "tests/simulation/jwks_model.hpp"

#include <memory>
#include <vector>

namespace simulation {

/// How often each case occurred, over all runs: a simulation that never reaches a case proves
/// nothing about it.
struct tally {
    std::uint64_t lives = 0, steps = 0, fetches = 0, misses = 0, failures = 0, replaced = 0,
                  emptied = 0, expired = 0, stale = 0, limited = 0, refused = 0, signatures = 0,
                  signatures_limited = 0, signatures_refused = 0, noticed = 0, jumps = 0,
                  restarts = 0, late = 0, converged = 0;
};

/// One run of a cache with an origin that rotates keys, fails, gives wrong answers and is slow,
/// under floods of unknown kids and of bad signatures, on a machine that sleeps and restarts.
class world {
public:
    world(std::uint64_t seed, tally& counts);

    /// Runs a number of events. Returns the first promise that was broken, or nothing.
    std::string run();

private:
    enum class mood : std::uint8_t { well, down, hangs, empty, html, poisoned };
    struct flight {
        core::jwks_flight what;
        said says;
        core::jwks_answer answer;
        core::uptime asked, arrived, lands;
    };

    std::uint64_t pick(std::uint64_t below);
    bool chance(unsigned percent) { return pick(100) < percent; }
    std::chrono::milliseconds pick_time(std::chrono::milliseconds up_to);

    void happen();
    void rotate();
    void change_mood();
    void flood();
    void use_keys();
    void jump();
    void restart();
    void deliver_late();
    /// The origin changes: the time from which cache and origin must agree moves on.
    void disturb();

    void advance(core::uptime to);
    void begin_flights();
    void land();
    void answer_as_the_origin(flight& one);
    void check();
    void check_convergence();
    void look_up(std::string const& kid);
    void look_up_signature(std::uint64_t signature);
    kids published() const;
    void broke(std::string what);
    std::string etag() const { return "v" + std::to_string(version_); }

    std::uint64_t state_;
    tally& counts_;
    core::jwks_policy policy_;
    core::uptime now_{std::chrono::hours(1000)};
    std::unique_ptr<core::jwks_cache> cache_;
    std::unique_ptr<model> model_;

    mood mood_ = mood::well;
    unsigned version_ = 0;
    std::size_t first_key_ = 0, key_count_ = 2;
    bool has_other_keys_ = false;  // under the same kids
    std::optional<std::chrono::seconds> max_age_;
    bool has_etags_ = true;

    std::optional<flight> flight_;
    std::optional<core::jwks_flight> last_flight_;
    core::uptime disturbed_at_{}, agree_from_{};
    std::string broken_;
};

}  // namespace simulation
