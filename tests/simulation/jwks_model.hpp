#pragma once

#include "core/issuers/jwks_cache.hpp"

#include <deque>
#include <optional>
#include <set>
#include <string>

/// The promises of a cache, checked independently of its code: from the answers that were delivered
/// to it, in their order.
namespace simulation {

/// Keys, each as its kid and, when it is the other key of that kid, a mark.
using kids = std::set<std::string>;

/// The content of one answer, as the origin meant it.
struct said {
    enum class kind : std::uint8_t { set, same, empty, foreign, failure } kind;
    kids keys{};
    std::optional<std::chrono::seconds> lifetime{};
};

class model {
public:
    model(core::jwks_policy policy, core::uptime now) : policy_(policy), scheduled_not_before_(now)
    {
        scheduled_not_after_ = now;
    }

    void restored(kids keys, std::chrono::milliseconds age, core::uptime now);
    /// A token could be good, and the keys in use do not verify its signature.
    void doubted(std::uint64_t signature) { asked_.insert(signature); }
    /// Whether a fetch has decided about the signature, as long as these keys are in use.
    bool is_refused(std::uint64_t signature) const { return refused_.contains(signature); }
    /// A fetch has begun. Returns the promise that it breaks, or nothing.
    std::string begun(core::jwks_reason reason, core::uptime now);
    /// Its request reached the origin at `arrived`, its answer came at `now`.
    std::string ended(
        core::jwks_reason reason, said const& what, core::uptime asked, core::uptime arrived,
        core::uptime now
    );
    /// The keys that must verify now; empty when none may.
    kids usable(core::uptime now) const;
    /// The latest moment for the next scheduled fetch to begin.
    core::uptime scheduled_not_after() const noexcept { return scheduled_not_after_; }
    std::chrono::milliseconds ttl() const noexcept { return ttl_; }

private:
    void schedule(core::uptime not_before, core::uptime not_after);
    void confirm(
        core::jwks_reason reason, std::optional<std::chrono::seconds> lifetime, core::uptime asked,
        core::uptime now
    );
    void back_off(core::jwks_reason reason, core::uptime now);
    void settle(said const& what);
    std::string check_rate(
        core::jwks_reason reason, std::deque<core::uptime>& of_kids,
        std::deque<core::uptime>& of_signatures, core::uptime now
    ) const;

    core::jwks_policy policy_;
    kids keys_;
    std::optional<std::chrono::seconds> lifetime_;
    core::uptime confirmed_{};
    std::chrono::milliseconds ttl_{};
    core::uptime scheduled_not_before_, scheduled_not_after_;
    unsigned failures_ = 0;
    bool was_confirmed_ = false;
    std::optional<core::uptime> empty_since_;
    std::deque<core::uptime> misses_begun_, misses_arrived_, signatures_begun_, signatures_arrived_;
    std::set<std::uint64_t> asked_, in_question_, refused_;
};

}  // namespace simulation
