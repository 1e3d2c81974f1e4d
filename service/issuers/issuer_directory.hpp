#pragma once

#include "config/values/settings.hpp"
#include "core/base/time.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// The keys of every issuer at one moment. Immutable: who verifies with it keeps the whole.
struct issuer_view {
    struct one {
        std::shared_ptr<core::jwk_set const> keys;  ///< null = none that may be used
        bool is_stale = false;                      ///< beyond their ttl, because of failures
    };
    std::uint64_t generation = 0;
    std::vector<one> issuers;  ///< as settings.issuers
};

/// What people and metrics want to know of one issuer beside its keys. No secrets.
struct issuer_state {
    std::string url;           ///< where the keys come from, as far as it is known
    std::string_view outcome;  ///< of the last fetch or reading; a label; empty = none yet
    std::string_view problem;  ///< a fixed sentence; empty = all is well
    unsigned failures = 0;     ///< in a row
    std::optional<core::uptime> confirmed_at;   ///< when the keys in use were last confirmed
    std::optional<core::instant> last_success;  ///< the same on the wall clock
    std::optional<core::instant> fresh_until, usable_until, next_fetch;
    std::vector<core::left_out_key> left_out;  ///< of the last set that was read, used or not
};

/// Where the sources of keys, which run on one thread, put what they have, and where every thread
/// reads it. A reader asks for the generation first and takes the view only when it is another one.
class issuer_directory {
public:
    /// The keys that the configuration gives are there from the start.
    explicit issuer_directory(config::settings const& from);

    std::uint64_t generation() const noexcept
    {
        return generation_.load(std::memory_order_acquire);
    }
    std::shared_ptr<issuer_view const> view() const;
    std::vector<issuer_state> states() const;
    /// Whether the issuer ever had keys; never taken back, because an outage that came later is no
    /// reason to take a service with other issuers away.
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
