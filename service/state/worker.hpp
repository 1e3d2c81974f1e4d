#pragma once

#include "core/crypto/operation_cache.hpp"
#include "core/jwt/token_memory.hpp"
#include "service/observe/kept_text.hpp"
#include "service/state/shared_state.hpp"
#include "service/state/snapshot.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace service {

/// One thread's share of the service: its event loop and everything that is not shared with others.
struct worker {
    worker(shared_state& with, unsigned index_);
    worker(worker const&) = delete;
    worker& operator=(worker const&) = delete;

    shared_state& shared;
    unsigned index;
    boost::asio::io_context io{1};
    core::crypto::operation_cache operations{
        &shared.tables};                    ///< for keys that are not a request's
    core::token_memory memory{operations};  ///< for the tokens that this thread verifies
    core::verified_tokens& tokens;          ///< that this thread verified before
    kept_text metrics_text;                 ///< the text of /metrics

    /// The snapshot at `now`; a new one when the configuration, a key's state or an issuer's keys
    /// have changed. Time
    /// never runs backwards here: a clock that was set back does not undo a key's state.
    /// Returns  a reference that is valid until the next call. Copy it to keep the snapshot.
    std::shared_ptr<snapshot const> const& current(core::instant now);
    /// The same at the present moment.
    std::shared_ptr<snapshot const> const& current();
    /// The settings as `current` last saw them, for who serves no request yet.
    config::settings const& settings() const noexcept { return current_->settings; }

    /// The remembered tokens, for who works with `kept`; null on another thread: what goes to the
    /// pool is rare, and its threads remember nothing.
    core::verified_tokens* tokens_for(core::crypto::operation_cache const& kept) noexcept
    {
        return &kept == &operations ? &tokens : nullptr;
    }

    /// Replaces `out` with a new request id: 16 hexadecimal digits, unique, not secret.
    void next_request_id(std::string& out);

private:
    void take(configuration const& next);
    bool is_time_for(core::instant transition, core::instant now);

    core::instant latest_{};
    std::shared_ptr<snapshot const> current_;  // never null
    std::uint64_t id_state_;
};

/// Lets every thread take what is in force now, and let go of what was, also those without requests.
/// From any thread.
void refresh(std::vector<std::unique_ptr<worker>> const& all);

}  // namespace service
