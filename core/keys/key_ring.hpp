#pragma once

#include "core/base/time.hpp"
#include "core/keys/jwk.hpp"

#include <optional>
#include <string>
#include <vector>

namespace core {

/// Where a key is in its life. States only move forward; `revoked` is reachable from any.
enum class key_state : std::uint8_t { staged, published, active, retiring, retired, revoked };
std::string_view to_string(key_state state) noexcept;

/// One key of a series, as configured.
struct ring_key {
    std::string series;
    jwk key;                            ///< has a kid and one alg
    std::string issuer;                 ///< the `iss` it belongs to; ours for series that name none
    bool in_jwks = true;                ///< published in our JWKS (never for secrets)
    std::optional<instant> publish_at;  ///< absent = publish_lead_min before activation, or since
                                        ///< ever for the first key of a series
    std::optional<instant> activate_at;  ///< absent = publish_lead_min after publish_at, or since
                                         ///< ever when that is absent too
    std::optional<instant> retire_at;    ///< the earliest end; see schedule
    std::chrono::seconds longest_token{
        0};  ///< the largest max_ttl that any sign profile gives its series
    bool reads_jwt_pro =
        false;  ///< its issuer's payloads may be as core/jwt/jwt_pro.hpp says; alone
                ///< in its series
};

/// The moment that "since ever" stands for.
inline constexpr instant since_ever = instant::min();

/// The resolved life of one key. Half-open: a state holds from its moment on.
struct key_schedule {
    instant publish, activate;
    std::optional<instant>
        retiring;  ///< stops signing: the successor's activation; for the last key of a series
                   ///< longest_token and retire_margin ahead of its retire_at
    std::optional<instant> retired;  ///< stops verifying
};

/// Added to the last token's lifetime before a key stops verifying: clocks and leeway (at most 5
/// min).
inline constexpr std::chrono::minutes retire_margin{5};
/// The least time between publication and activation: the age that our JWKS may have in a cache.
inline constexpr std::chrono::seconds publish_lead_min{300};
/// How long a JWKS may be cached when no transition is near.
inline constexpr std::chrono::seconds jwks_max_age_max = publish_lead_min;

key_state state_at(key_schedule const& life, instant now) noexcept;

/// When the key begins to sign, from its own times alone.
instant activation_of(ring_key const& key) noexcept;

/// The series and their keys at one moment.
struct ring_view {
    struct key {
        jwk const* material;  ///< points into the ring
        key_state state;
        key_schedule life;
    };
    struct series {
        std::string_view name;
        std::string_view issuer;
        jwk const* active =
            nullptr;  ///< signs; none before the first activation or after the last retirement
        key_schedule active_life{};  ///< of `active`
        std::vector<key> keys;       ///< in order of activation, retired ones included
    };
    instant made_at;
    std::optional<instant> next_transition;  ///< when another view is due
    std::vector<series> all;
    std::string jwks;  ///< JSON: public keys that are published, active or retiring
    std::string etag;  ///< strong, with its quotes
    std::chrono::seconds jwks_max_age =
        jwks_max_age_max;  ///< shorter near a transition, never under 1 s

    series const* find(std::string_view name) const noexcept;
};

/// All configured keys. A pure function of the configuration; what it says at a moment is
/// view_at's.
class key_ring {
public:
    /// keys     validated (config/validate): kids unique, one alg and use per series.
    explicit key_ring(std::vector<ring_key> keys);
    key_ring(key_ring&&) = default;  // copies would not own what a view points into
    key_ring& operator=(key_ring&&) = default;

    /// The state of every key at `now`. The view points into the ring. A key is published before it
    /// signs, signs from its activation until its successor's, and verifies until its last token
    /// has expired: its successor's activation plus longest_token plus retire_margin, or retire_at
    /// if later.
    ring_view view_at(instant now) const;

    std::vector<ring_key> const& keys() const noexcept { return keys_; }
    key_schedule const& schedule_of(std::size_t index) const { return lives_[index]; }

private:
    std::vector<ring_key> keys_;  // sorted by series (in order of first mention), then activation
    std::vector<key_schedule> lives_;  // beside keys_
};

}  // namespace core
