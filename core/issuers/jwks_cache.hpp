#pragma once

#include "core/issuers/bad_signatures.hpp"
#include "core/issuers/jwks_reading.hpp"
#include "core/issuers/token_bucket.hpp"
#include "core/issuers/unknown_kids.hpp"

#include <optional>
#include <random>
#include <string>

namespace core {

/// How long an issuer's set is used.
struct jwks_policy {
    std::chrono::seconds ttl{300};        ///< for an answer that states none
    std::chrono::seconds ttl_min{60};     ///< a stated ttl is kept between ttl_min and ttl_max:
    std::chrono::seconds ttl_max{86400};  ///< some origins state 15 s, others a year
    /// How long a set is still used after its ttl when the origin gives no better one; 0 = not at
    /// all, nullopt = without end.
    std::optional<std::chrono::seconds> stale_if_error{86400};
};

/// Why the set is fetched. The names are label values of metrics.
enum class jwks_reason : std::uint8_t {
    scheduled,  ///< the first fetch, one before the end of the ttl, or a retry after a failure
    miss,       ///< for an unknown kid
    signature,  ///< for a signature that none of the keys verifies
};

/// One fetch in progress.
struct jwks_flight {
    std::uint64_t number = 0;  ///< rises with every fetch; tells a late answer from the current one
    jwks_reason reason = jwks_reason::scheduled;
    std::string etag, last_modified;  ///< of the set in use, for a conditional request
};

/// An origin's answer of status 200 or 304, read.
struct jwks_answer {
    bool is_not_modified = false;  ///< 304
    jwks_reading reading;          ///< of a 200
    std::string etag, last_modified;
    std::optional<std::chrono::seconds> lifetime;  ///< from freshness_lifetime
};

/// The result of a fetch. The names are label values of metrics.
enum class jwks_outcome : std::uint8_t {
    replaced,   ///< a different set is now in use
    same,       ///< 304, or the same keys again: the set is used for another ttl
    unchanged,  ///< a failure, or an empty, sealing or foreign answer: the set in use stays
    emptied,    ///< empty answers for long enough, or the private half of a key in use was
                ///< published: the issuer has no keys now
    late,       ///< the answer to a fetch that was given up
};

/// What to do with a token whose kid matches none of the keys that its reader had, or whose
/// signature none of them verifies.
enum class miss_verdict : std::uint8_t {
    known,        ///< the set in use has the kid, or may verify it: it is newer than the reader's
    fetch,        ///< a fetch is allowed, and next_flight returns it at once
    wait,         ///< a fetch is in progress, and may help
    refused,      ///< a fetch since it was first asked for did not help
    limited,      ///< no fetch is allowed now
    unavailable,  ///< there is no usable set, and no fetch in progress
};

/// The state of one issuer's published keys. It has no network and no clock: the caller makes the
/// fetch that next_flight returns, reports the answer, and looks again when next_due says.
///
/// A usable set replaces the one in use at once. After a failure or a foreign answer the set in use
/// stays. It stays after an empty or a sealing answer too, until another one comes at least
/// `confirmation` later and everything between them was empty or sealing too. There is one fetch at
/// a time. How often fetches are made is limited by the backoff, and for unknown kids and for bad
/// signatures by a token bucket each: neither takes from the other.
///
/// A `now` before the latest one counts as the latest one.
class jwks_cache {
public:
    static constexpr std::chrono::seconds confirmation{60};
    static constexpr std::chrono::milliseconds backoff_min{100};
    static constexpr std::chrono::milliseconds backoff_base{1000};
    static constexpr std::chrono::milliseconds backoff_max{60000};
    /// Two, so that a fetch for a stranger's kid leaves one for a real rotation.
    static constexpr unsigned miss_burst = 2;
    static constexpr std::chrono::seconds miss_interval{30};
    /// A rotation without a new kid is rare, and anybody can make a bad signature.
    static constexpr unsigned signature_burst = 1;
    static constexpr std::chrono::seconds signature_interval{60};

    /// seed     of the jitter, so that replicas which start together do not fetch together.
    jwks_cache(jwks_policy policy, std::uint64_t seed, uptime now);

    /// Takes a set that an earlier run has stored. It is used until its stale_if_error ends, and a
    /// fetch is due at once.
    ///
    /// age      how long ago it was fetched.
    /// Returns  false when it is too old.
    bool restore(
        std::shared_ptr<jwk_set const> set, std::string etag, std::string last_modified,
        std::chrono::milliseconds age, uptime now
    );

    /// Lets go of the set in use, whose keys may not be used any more. A fetch is due at once; one in
    /// progress counts as late.
    void forget(uptime now);

    /// What to do with a token of this kid.
    ///
    /// kid      untrusted; neither empty nor longer than kid_size_max.
    miss_verdict lookup(std::string_view kid, uptime now);

    /// What to do with a token that could be good, except that its reader's keys do not verify it.
    ///
    /// tried    the reader's keys.
    /// mark     of the token's signature: see bad_signatures.
    miss_verdict lookup_signature(jwk_set const* tried, std::uint64_t mark, uptime now);
    /// From when a bad signature may cause a fetch, as far as it is known now.
    uptime signature_fetch_at() const { return signature_misses_.next_at(); }
    /// The signatures that cause none with the set in use.
    bad_signatures const& refused_signatures() const noexcept { return bad_; }

    /// Starts the fetch that is due; nullopt when none is due, or one is in progress.
    std::optional<jwks_flight> next_flight(uptime now);
    /// Reports an answer of status 200 or 304.
    jwks_outcome fetched(std::uint64_t number, jwks_answer answer, uptime now);
    /// Reports that the fetch failed.
    jwks_outcome failed(std::uint64_t number, uptime now);

    /// When next_flight or usable may next return something else.
    uptime next_due(uptime now) const;

    /// The set in use; null when there is none.
    std::shared_ptr<jwk_set const> usable(uptime now) const;
    /// Whether the set in use is older than its ttl.
    bool is_stale(uptime now) const;
    bool is_fetching() const noexcept { return flight_.has_value() || wanted_.has_value(); }
    /// Validators of the set in use, as its origin last stated them.
    std::string const& etag() const noexcept { return etag_; }
    std::string const& last_modified() const noexcept { return last_modified_; }
    /// When the origin last confirmed the set in use.
    std::optional<uptime> confirmed_at() const noexcept;
    std::optional<uptime> fresh_until() const noexcept;
    /// nullopt without a set, and for a set that is used without end.
    std::optional<uptime> usable_until() const noexcept;
    uptime refresh_at() const noexcept { return refresh_at_; }
    unsigned failures() const noexcept { return failures_; }  ///< scheduled, since the last success

private:
    uptime latest(uptime now) const noexcept { return std::max(latest_, now); }
    token_bucket& bucket_of(jwks_reason reason) noexcept;
    miss_verdict may_fetch(jwks_reason reason);
    std::optional<jwks_reason> land(std::uint64_t number, uptime now);
    void settle_misses(bool has_changed);
    void confirm(jwks_answer& answer, jwks_reason reason, uptime now);
    jwks_outcome take_set(jwks_answer& answer, jwks_reason reason, uptime now);
    jwks_outcome drop_set(uptime now);
    jwks_outcome take_lesser(jwks_answer& answer, jwks_reason reason, uptime now);
    void back_off(jwks_reason reason, uptime now);
    std::chrono::milliseconds ttl_of(std::optional<std::chrono::seconds> lifetime) const;
    std::chrono::milliseconds
    between(std::chrono::milliseconds low, std::chrono::milliseconds high);

    jwks_policy policy_;
    std::mt19937_64 jitter_;
    uptime latest_;

    std::shared_ptr<jwk_set const> set_;
    std::string etag_, last_modified_;
    std::optional<std::chrono::seconds> lifetime_;  // as the set's own answer stated it
    uptime confirmed_at_{};
    bool was_confirmed_ = false;  // by the origin, in this run
    std::chrono::milliseconds ttl_{};

    std::optional<jwks_flight> flight_;
    uptime asked_at_{};
    std::uint64_t flights_ = 0;
    uptime refresh_at_;
    unsigned failures_ = 0;
    std::optional<uptime> emptied_at_;  // the first of two answers that are empty or sealing

    token_bucket misses_{miss_burst, miss_interval};
    token_bucket signature_misses_{signature_burst, signature_interval};
    std::optional<jwks_reason> wanted_;  // promised to a token: next_flight returns it
    unknown_kids unknown_;
    bad_signatures bad_;
};

}  // namespace core
