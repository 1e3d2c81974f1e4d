#pragma once

#include "config/values/settings.hpp"
#include "core/base/time.hpp"
#include "service/issuers/signature_gate.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// The keys of every issuer at one moment. Immutable: who verifies with a key keeps the whole view.
struct issuer_view {
    struct one {
        std::shared_ptr<core::jwk_set const> keys;  ///< null = none may be used
        bool is_stale = false;                      ///< used beyond their ttl, because fetches fail
        std::shared_ptr<signature_gate> gate{};     ///< null = their source is not asked for more
    };
    std::uint64_t generation = 0;
    std::vector<one> issuers;  ///< as settings.issuers
};

/// What people and metrics want to know about one issuer, apart from its keys. No secrets.
struct issuer_state {
    std::string url;           ///< where the keys come from, as far as it is known
    std::string_view outcome;  ///< of the last fetch or reading; a label; empty = none yet
    std::string problem;       ///< for people; empty = no problem
    unsigned failures = 0;     ///< in a row
    std::optional<core::uptime> confirmed_at;   ///< when the keys in use were last confirmed
    std::optional<core::instant> last_success;  ///< the same on the wall clock
    std::optional<core::instant> fresh_until, usable_until, next_fetch;
    std::vector<core::left_out_key> left_out;  ///< of the last set that was read, used or not
};

/// The place where the sources of keys, which run on one thread, put their keys and every thread
/// reads them. Readers compare the generation first and copy the view only when it changed.
class issuer_directory {
public:
    /// Keys that are part of the configuration are there from the start.
    explicit issuer_directory(config::settings const& from);

    std::uint64_t generation() const noexcept
    {
        return generation_.load(std::memory_order_acquire);
    }
    std::shared_ptr<issuer_view const> view() const;
    std::vector<issuer_state> states() const;
    /// Whether the issuer ever had keys. This never goes back to false: a later outage is not a
    /// reason to stop a service that has other issuers.
    bool had_keys(std::size_t issuer) const noexcept
    {
        return had_keys_[issuer].load(std::memory_order_relaxed);
    }

    /// Makes a new view when something changed.
    /// Returns  whether it did.
    bool put(std::size_t issuer, issuer_view::one what);
    void tell(std::size_t issuer, issuer_state state);

private:
    mutable std::mutex mutex_;
    std::shared_ptr<issuer_view const> view_;
    std::vector<issuer_state> states_;
    std::vector<std::atomic<bool>> had_keys_;
    std::atomic<std::uint64_t> generation_{1};
};

}  // namespace service
