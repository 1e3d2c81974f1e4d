#pragma once

#include "core/issuers/jwks_cache.hpp"
#include "service/issuers/issuer_world.hpp"
#include "service/issuers/missing_key.hpp"
#include "service/issuers/origin_client.hpp"
#include "service/issuers/signature_gate.hpp"
#include "service/issuers/stored_set.hpp"
#include "service/issuers/waiting_tokens.hpp"

#include <boost/asio/steady_timer.hpp>

namespace service {

/// One issuer whose keys are fetched. Carries out what core::jwks_cache decides: when to fetch, and
/// which keys to use. Everything runs on the owner's thread, except where it says otherwise.
class fetched_issuer : public std::enable_shared_from_this<fetched_issuer> {
public:
    static constexpr std::size_t waiters_max = 1024;
    /// Of tokens with a bad signature: anybody can make them, and few are needed to notice a
    /// rotation.
    static constexpr std::size_t signature_waiters_max = 64;

    /// On any thread. Nothing is published before `begin`. Throws startup_error.
    fetched_issuer(
        issuer_world& world, issuer_place at, std::shared_ptr<net::tls_context const> system_roots
    );

    /// Restores what an earlier run stored. Blocks on the disk: on any thread, before `begin`.
    void restore();
    /// Takes the keys of the one that it replaces, as if it had restored them.
    void take_over(fetched_issuer const& before);
    /// From now on it is this issuer of this configuration: the same one as before, except for what
    /// its loop does not depend on. Keys that are our own now are not used any more.
    void move_to(issuer_place at);

    /// What every thread may use, and what people are told, at this moment.
    issuer_view::one look();
    issuer_state const& state() const noexcept { return state_; }

    /// Publishes from now on, and runs the loop until end() or the end of the event loop.
    void begin();
    /// The configuration does not have it any more: who waits is woken, nothing is published.
    void end();

    /// Waits for what a verification lacked: for the fetch that is running or that this call
    /// causes, at most miss_wait.
    ///
    /// Returns  whether keys came with which the token should be verified once more.
    static asio::awaitable<bool> wait_for(missing_key what);

private:
    using clock = std::chrono::steady_clock;

    static asio::awaitable<void> run(std::shared_ptr<fetched_issuer> self);
    static asio::awaitable<void>
    fly(std::shared_ptr<fetched_issuer> self, core::jwks_flight flight);

    config::issuer_settings const& issuer() const { return place_.issuer(); }
    issuer_counters& counters() const { return *place_.terms->counters; }
    miss_outcome judge(missing_key const& what);
    void count(missing_key const& what, miss_outcome how);
    void start_flight(core::jwks_flight flight);
    void flight_broke(std::uint64_t number);
    void landed(
        core::jwks_flight const& flight, std::variant<origin_answer, origin_failure> what,
        clock::duration took
    );
    fetch_outcome take(core::jwks_flight const& flight, origin_answer answer);
    void note_metadata();
    void note_left_out(std::vector<core::left_out_key> now);
    void publish();
    void tell_gate();
    void wake_loop();
    void wake_waiters();
    core::instant on_the_wall(core::uptime moment) const;

    issuer_world& world_;
    issuer_place place_;
    origin_client origin_;
    core::jwks_cache cache_;
    issuer_state state_;
    std::string told_of_metadata_;  // the problem that the log has
    stored_set stored_;
    bool was_stale_ = false, was_usable_ = false;
    bool is_live_ = false;                 // between begin and end
    asio::steady_timer* alarm_ = nullptr;  // of the loop, whose frame owns it
    waiting_tokens waiting_{waiters_max}, waiting_signatures_{signature_waiters_max};
    std::shared_ptr<signature_gate> gate_;
};

}  // namespace service
