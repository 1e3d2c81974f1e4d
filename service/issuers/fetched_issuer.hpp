#pragma once

#include "core/issuers/jwks_cache.hpp"
#include "service/issuers/issuer_world.hpp"
#include "service/issuers/missing_key.hpp"
#include "service/issuers/signature_gate.hpp"
#include "service/issuers/stored_set.hpp"
#include "service/issuers/waiting_tokens.hpp"

#include <boost/asio/steady_timer.hpp>

namespace service {

/// One issuer whose keys are fetched. Carries out what core::jwks_cache decides: when to fetch, and
/// which keys to use. Everything runs on the owner's thread.
class fetched_issuer {
public:
    static constexpr std::size_t waiters_max = 1024;
    /// Of tokens with a bad signature: anybody can make them, and few are needed to notice a
    /// rotation.
    static constexpr std::size_t signature_waiters_max = 64;

    fetched_issuer(
        issuer_world& world, std::size_t index, config::issuer_settings const& issuer,
        config::limit_settings const& limits, std::shared_ptr<net::tls_context const> system_roots
    );

    /// Restores what an earlier run stored. Blocks on the disk: call it before anything listens.
    void restore();
    /// Runs until the event loop stops.
    asio::awaitable<void> run();
    /// Waits for what a verification lacked: for the fetch that is running or that this call
    /// causes, at most miss_wait.
    ///
    /// Returns  whether keys came with which the token should be verified once more.
    asio::awaitable<bool> wait_for(missing_key what);

private:
    using clock = std::chrono::steady_clock;

    miss_outcome judge(missing_key const& what);
    void count(missing_key const& what, miss_outcome how);
    asio::awaitable<void> fly(core::jwks_flight flight);
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
    std::size_t index_;
    config::issuer_settings const& issuer_;
    origin_client origin_;
    core::jwks_cache cache_;
    issuer_state state_;
    std::string told_of_metadata_;  // the problem that the log has
    stored_set stored_;
    bool was_stale_ = false, was_usable_ = false;
    asio::steady_timer* alarm_ = nullptr;  // of the loop, whose frame owns it
    waiting_tokens waiting_{waiters_max}, waiting_signatures_{signature_waiters_max};
    std::shared_ptr<signature_gate> gate_;
};

}  // namespace service
