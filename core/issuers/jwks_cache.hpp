#pragma once

#include "core/issuers/jwks_reading.hpp"
#include "core/issuers/token_bucket.hpp"
#include "core/issuers/unknown_kids.hpp"

#include <optional>
#include <random>
#include <string>

namespace core {

/// How long an issuer's set is good for, and what may be asked of its origin.
struct jwks_policy {
    std::chrono::seconds ttl{300};        ///< of an answer that says nothing about it
    std::chrono::seconds ttl_min{60};     ///< what an answer says is kept within these two:
    std::chrono::seconds ttl_max{86400};  ///< origins say 15 s, and a year
    /// How long a set outlives its ttl while the origin gives no better one; 0 = not at all,
    /// nullopt = for ever.
    std::optional<std::chrono::seconds> stale_if_error{86400};
};

/// Why the origin is asked. Label names of metrics.
enum class jwks_reason : std::uint8_t {
    scheduled,  ///< the first time, ahead of the ttl's end, or again after a failure
    miss,       ///< for an unknown kid
};

/// One fetch that is on its way.
struct jwks_flight {
    std::uint64_t number = 0;  ///< rises with every fetch; an answer without it in flight is late
    jwks_reason reason = jwks_reason::scheduled;
    std::string etag, last_modified;  ///< of the set in use, for a conditional request
};

/// An origin's answer of status 200 or 304, read.
struct jwks_answer {
    bool is_not_modified = false;  ///< 304
    jwks_reading reading;          ///< of a 200
    std::string etag, last_modified;
    std::optional<std::chrono::seconds> lifetime;  ///< as freshness_lifetime gave it
};

/// What became of a fetch. Label names of metrics.
enum class jwks_outcome : std::uint8_t {
    replaced,   ///< another set
    same,       ///< 304, or the same keys again: the set is good for another ttl
    unchanged,  ///< a failure, or an empty or foreign answer: the set stays what it was
    emptied,    ///< empty answers for long enough, or the private half of a key in use: the issuer
                ///< has no keys any more
    late,       ///< nobody waits for this answer any more
};

/// What may become of a token whose kid names none of the keys that its reader had.
enum class kid_verdict : std::uint8_t {
    known,        ///< the set in use has it: a newer one than the reader's
    fetch,        ///< a fetch is allowed: next_flight gives it at once
    wait,         ///< a fetch is on its way, and may bring it
    refused,      ///< an answer came since it was first asked for, without it
    limited,      ///< no further fetch is allowed now
    unavailable,  ///< no usable set, and none on its way
};

/// The state of one issuer's published keys, without a network and without a clock: the caller
/// fetches what next_flight says and reports what came back; next_due says when to look again.
///
/// The set in use is replaced at once by any other usable one. A failure and a foreign answer leave
/// it; an empty answer does so, too, until one that comes `confirmation` later still says the same,
/// with nothing else between. Nothing is asked twice at a time, nothing more often than the backoff
/// or, for unknown kids, the bucket allows.
///
/// `now` that runs backwards counts as the latest one known.
class jwks_cache {
public:
    static constexpr std::chrono::seconds confirmation{60};
    static constexpr std::chrono::milliseconds backoff_min{100};
    static constexpr std::chrono::milliseconds backoff_base{1000};
    static constexpr std::chrono::milliseconds backoff_max{60000};
    static constexpr unsigned miss_burst = 2;  ///< a stranger's kid must not cost the rotation's
    static constexpr std::chrono::seconds miss_interval{30};

    /// seed     of the jitter: replicas that start together must not ask together.
    jwks_cache(jwks_policy policy, std::uint64_t seed, uptime now);

    /// Takes a set that an earlier run had, which was fetched `age` ago. It is used while its own
    /// stale_if_error lasts, and a fresh one is due at once.
    /// Returns  whether it is young enough.
    bool restore(
        std::shared_ptr<jwk_set const> set, std::string etag, std::string last_modified,
        std::chrono::milliseconds age, uptime now
    );

    /// What a token with this kid may hope for. `kid` is neither empty nor longer than
    /// kid_size_max.
    kid_verdict lookup(std::string_view kid, uptime now);

    /// The fetch that is due, which is then on its way; nullopt when none is, or one is already.
    std::optional<jwks_flight> next_flight(uptime now);
    jwks_outcome fetched(std::uint64_t number, jwks_answer answer, uptime now);
    jwks_outcome failed(std::uint64_t number, uptime now);

    /// When next_flight or usable may say something else.
    uptime next_due(uptime now) const;

    /// The set that verifies now; null when there is none.
    std::shared_ptr<jwk_set const> usable(uptime now) const;
    /// Whether it is in use beyond its ttl.
    bool is_stale(uptime now) const;
    bool is_fetching() const noexcept { return flight_.has_value() || miss_wanted_; }
    /// Of the set in use, as its origin last said them.
    std::string const& etag() const noexcept { return etag_; }
    std::string const& last_modified() const noexcept { return last_modified_; }
    /// When the set in use was last confirmed by its origin.
    std::optional<uptime> confirmed_at() const noexcept;
    std::optional<uptime> fresh_until() const noexcept;
    /// nullopt without a set, and for one that never ends.
    std::optional<uptime> usable_until() const noexcept;
    uptime refresh_at() const noexcept { return refresh_at_; }
    unsigned failures() const noexcept { return failures_; }  ///< scheduled, since the last success

private:
    uptime latest(uptime now) const noexcept { return std::max(latest_, now); }
    std::optional<jwks_reason> land(std::uint64_t number, uptime now);
    void confirm(jwks_answer& answer, jwks_reason reason, uptime now);
    jwks_outcome take_set(jwks_answer& answer, jwks_reason reason, uptime now);
    jwks_outcome drop_set(uptime now);
    jwks_outcome take_empty(jwks_reason reason, uptime now);
    void back_off(jwks_reason reason, uptime now);
    std::chrono::milliseconds ttl_of(std::optional<std::chrono::seconds> lifetime) const;
    std::chrono::milliseconds
    between(std::chrono::milliseconds low, std::chrono::milliseconds high);

    jwks_policy policy_;
    std::mt19937_64 jitter_;
    uptime latest_;

    std::shared_ptr<jwk_set const> set_;
    std::string etag_, last_modified_;
    std::optional<std::chrono::seconds> lifetime_;  // what the set's own answer said
    uptime confirmed_at_{};
    bool was_confirmed_ = false;  // by the origin, in this run
    std::chrono::milliseconds ttl_{};

    std::optional<jwks_flight> flight_;
    uptime asked_at_{};
    std::uint64_t flights_ = 0;
    uptime refresh_at_;
    unsigned failures_ = 0;
    std::optional<uptime> emptied_at_;  // the first of two empty answers

    token_bucket misses_{miss_burst, miss_interval};
    bool miss_wanted_ = false;
    unknown_kids unknown_;
};

}  // namespace core
