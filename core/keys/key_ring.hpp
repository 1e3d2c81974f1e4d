#pragma once

#include "core/base/time.hpp"
#include "core/keys/jwk.hpp"
#include "core/keys/revoked_keys.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace core {

/// Where a key is in its life. States only move forward; `revoked` is reachable from any.
enum class key_state : std::uint8_t { staged, published, active, retiring, retired, revoked };
std::string_view to_string(key_state state) noexcept;

/// One key of a series, as configured.
struct ring_key {
    std::string series;
    jwk key;                ///< has a kid and one alg
    std::string issuer;     ///< the `iss` it belongs to; ours if the series names none
    bool in_jwks = true;    ///< published in our JWKS (never for secrets)
    bool is_apart = false;  ///< there in a set of its series, not in the main one

    /// Absent = publish_lead_min before activation; for the first key of a series, no_beginning.
    std::optional<instant> publish_at;
    /// Absent = publish_lead_min after publish_at; no_beginning when that is absent too.
    std::optional<instant> activate_at;
    std::optional<instant> retire_at;  ///< the earliest end; see key_ring::view_at

    std::chrono::seconds longest_token{0};  ///< largest max_ttl of the sign profiles of its series
    /// Payloads of its issuer may be encrypted as in core/jwt/jwt_pro.hpp. It is then the only key
    /// of its series.
    bool reads_jwt_pro = false;
    bool is_let_go = false;  ///< see let_go_of_private_halves
};

/// The time of something that had no configured beginning.
inline constexpr instant no_beginning = instant::min();

/// When one key changes its state. A state begins exactly at its moment.
struct key_schedule {
    instant publish, activate;
    /// Stops signing: when the successor is activated; for the last key of a series, longest_token
    /// and retire_margin before its retire_at.
    std::optional<instant> retiring;
    std::optional<instant> retired;  ///< stops verifying
};

/// How long a key still verifies after its last token has expired: room for differing clocks and
/// leeway (at most 5 min).
inline constexpr std::chrono::minutes retire_margin{5};
/// Shortest time between publication and activation: our JWKS may be this old in a cache.
inline constexpr std::chrono::seconds publish_lead_min{300};
/// How long our JWKS may be cached when no change is near, at most.
inline constexpr std::chrono::seconds jwks_max_age_max = publish_lead_min;

key_state state_at(key_schedule const& life, instant now) noexcept;

/// When the key begins to sign, according to its own times only.
instant activation_of(ring_key const& key) noexcept;

/// Whether a key in this state still does something that only its private half, or its secret, can
/// do: it will sign or open messages, or, for a secret, it verifies.
bool needs_private_half(jwk const& key, key_state state) noexcept;

/// All series and their keys at one moment.
struct ring_view {
    struct key {
        jwk const* material;  ///< points into the ring
        key_state state;
        key_schedule life;
    };
    struct series {
        std::string_view name;
        std::string_view issuer;
        jwk const* active = nullptr;  ///< signs; null before the first and after the last key
        key_schedule active_life{};   ///< of `active`
        std::vector<key> keys;        ///< in order of activation, including retired ones
        std::string jwks{}, etag{};   ///< the series' own set; empty = it has none
    };
    instant made_at;
    std::optional<instant> next_transition;  ///< when a new view is due
    std::vector<series> all;
    /// The main set as JSON: public keys that are published, active or retiring, and not apart.
    std::string jwks;
    std::string etag;  ///< strong, with its quotes
    /// How long a set may be cached: less when a transition is near, at least 1 s.
    std::chrono::seconds jwks_max_age = jwks_max_age_max;
    std::unordered_map<std::string_view, std::size_t> places{};  ///< of `all`, by name

    series const* find(std::string_view name) const noexcept;
};

/// All configured keys and when each changes its state. Depends only on the configuration; the
/// states at one moment are a ring_view.
class key_ring {
public:
    /// keys     validated by config/checks: unique kids, one alg and use per series.
    /// max_age  how long our JWKS may be cached when no change is near; at most jwks_max_age_max.
    explicit key_ring(std::vector<ring_key> keys, std::chrono::seconds max_age = jwks_max_age_max);
    key_ring(key_ring&&) = default;  // not copied, because views point into it
    key_ring& operator=(key_ring&&) = default;

    /// The state of every key at `now`. The view points into this ring. A key is published before
    /// it signs, signs from its activation until its successor's, and verifies until its last token
    /// has expired: until longest_token plus retire_margin after its successor's activation, or
    /// until retire_at if that is later.
    ///
    /// revoked  keys that are refused and out of the JWKS from now on. When the one that signs is
    ///          revoked, the next one signs from that moment, if it was published by then; else
    ///          nobody signs until its own activation. One that is revoked before it signed is as
    ///          if it were not there.
    ring_view view_at(instant now, revoked_keys const& revoked = {}) const;

    std::vector<ring_key> const& keys() const noexcept { return keys_; }
    key_schedule const& schedule_of(std::size_t index) const { return lives_[index]; }

private:
    std::vector<key_schedule> lives_given(revoked_keys const& revoked) const;

    std::chrono::seconds max_age_;
    std::vector<ring_key> keys_;  // sorted by series (in order of first mention), then activation
    std::vector<key_schedule> lives_;       // one per key of keys_
    std::vector<std::string> public_jwks_;  // the same, of those that may be published
};

/// The keys, by index, whose private half or secret nothing needs any more at the view's moment.
///
/// view     of these keys.
std::vector<std::size_t>
needless_private_halves(std::vector<ring_key> const& keys, ring_view const& view);
/// Lets go of these: the public half takes the place of a private key, and random octets that of a
/// secret. With its last owner the old one is wiped.
///
/// Returns  whether there was one.
bool let_go_of_private_halves(std::vector<ring_key>& keys, ring_view const& view);

}  // namespace core
