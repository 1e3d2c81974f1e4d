#pragma once

#include "core/issuers/jwks_cache.hpp"
#include "service/issuers/issuer_directory.hpp"
#include "service/issuers/key_store.hpp"
#include "service/issuers/origin_client.hpp"

#include <boost/asio/steady_timer.hpp>

#include <list>

namespace service {

/// What all issuers' loops share. It outlives them.
struct issuer_world {
    asio::io_context& owner;  ///< the one thread that they all run on
    work_pool& cpu;           ///< for work that would hold up that thread
    std::function<core::instant()> now;
    issuer_directory& directory;
    issuer_counters& counters;
    key_store store;
    fetch_function fetch;
    core::own_keys const& ours;  ///< never keys of an issuer, whatever a set says
};

/// One issuer whose keys are fetched. Carries out what core::jwks_cache decides: when to fetch, and
/// which keys to use. Everything runs on the owner's thread.
class fetched_issuer {
public:
    static constexpr std::size_t waiters_max = 1024;

    fetched_issuer(
        issuer_world& world, std::size_t index, config::issuer_settings const& issuer,
        config::limit_settings const& limits, std::shared_ptr<net::tls_context const> system_roots
    );

    /// Restores what an earlier run stored. Blocks on the disk: call it before anything listens.
    void restore();
    /// Runs until the event loop stops.
    asio::awaitable<void> run();
    /// Waits for keys that a token lacks: for the fetch that is running or that this call causes,
    /// at most miss_wait.
    ///
    /// kid      one that the reader's keys do not have; empty = the token has none, or the reader
    ///          has no keys.
    /// Returns  whether keys came with which the token should be verified once more.
    asio::awaitable<bool> wait_for(std::string kid);

private:
    using clock = std::chrono::steady_clock;

    miss_outcome judge(std::string const& kid);
    asio::awaitable<void> fly(core::jwks_flight flight);
    void landed(
        core::jwks_flight const& flight, std::variant<origin_answer, origin_failure> what,
        clock::duration took
    );
    fetch_outcome take(core::jwks_flight const& flight, origin_answer answer);
    void note_left_out(std::vector<core::left_out_key> now);
    void keep();
    void publish();
    void wake_loop();
    void wake_waiters();
    core::instant on_the_wall(core::uptime moment) const;

    issuer_world& world_;
    std::size_t index_;
    config::issuer_settings const& issuer_;
    config::limit_settings const& limits_;
    origin_client origin_;
    core::jwks_cache cache_;
    issuer_state state_;
    std::string body_;  // of the set in use, for the next start
    bool was_stale_ = false, was_usable_ = false;

    // Timers live in the frames that wait for them: what outlives the event loop must not own one.
    asio::steady_timer* alarm_ = nullptr;     // of the loop
    std::list<asio::steady_timer*> waiters_;  // of tokens
};

}  // namespace service
