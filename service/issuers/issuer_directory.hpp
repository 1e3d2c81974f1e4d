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

class fetched_issuer;

/// The keys of every issuer at one moment. Immutable: who verifies with a key keeps the whole view.
struct issuer_view {
    struct one {
        std::shared_ptr<core::jwk_set const> keys;  ///< null = none may be used
        bool is_stale = false;                      ///< used beyond their ttl, because fetches fail
        std::shared_ptr<signature_gate> gate{};     ///< null = their source is not asked for more
        std::shared_ptr<fetched_issuer> source{};   ///< who is asked for more; null = nobody
        /// Whether the issuer ever had keys. This never goes back to false: a later outage is not
        /// a reason to stop a service that has other issuers.
        bool had_keys = false;
    };
    std::uint64_t generation = 0;
    std::vector<one> issuers;  ///< as settings->issuers
    std::shared_ptr<config::settings const> settings{};
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
    explicit issuer_directory(std::shared_ptr<config::settings const> from);

    std::uint64_t generation() const noexcept
    {
        return generation_.load(std::memory_order_acquire);
    }
    std::shared_ptr<issuer_view const> view() const;
    std::vector<issuer_state> states() const;
    /// Both, as they belong together.
    struct everything {
        std::shared_ptr<issuer_view const> view;
        std::vector<issuer_state> states;  ///< as view->issuers
    };
    everything now() const;
    bool had_keys(std::size_t issuer) const { return view()->issuers[issuer].had_keys; }

    /// Makes a new view when something changed.
    /// Returns  whether it did.
    bool put(std::size_t issuer, issuer_view::one what);
    void tell(std::size_t issuer, issuer_state state);
    /// Another configuration is in force: from now on the issuers are these.
    ///
    /// what     its generation does not matter.
    void replace(issuer_view what, std::vector<issuer_state> states);

private:
    mutable std::mutex mutex_;
    std::shared_ptr<issuer_view const> view_;
    std::vector<issuer_state> states_;
    std::atomic<std::uint64_t> generation_{1};
};

/// The keys that are part of an issuer's configuration, and what people are told of them.
issuer_view::one keys_given(config::issuer_settings const& from);
issuer_state state_given(config::issuer_settings const& from);

}  // namespace service
