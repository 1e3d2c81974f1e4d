#pragma once

#include "config/values/settings.hpp"
#include "core/jwt/claims_template.hpp"
#include "core/keys/key_ring.hpp"
#include "service/observe/metrics.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace service {

/// A sign profile with its key in place, and everything that all its tokens have in common.
struct ready_sign_profile {
    config::sign_profile const* settings = nullptr;
    unsigned metric = metrics::other;  ///< of the series
    std::optional<core::jwk> key;      ///< the active one; nullopt = no key of the series is
    core::signature_algorithm const* algorithm = nullptr;  ///< of the key
    core::claims_template claims;
    std::string typ;  ///< empty = none
    /// The protected header of a request that asks for none of its own, and its base64url.
    std::string header, encoded_header;
};

/// Every sign profile at one state of the key ring. Immutable and shared.
class sign_profile_set {
public:
    /// `settings` must outlive the set; the keys of `view` are copied.
    sign_profile_set(
        config::settings const& settings, core::ring_view const& view, metrics const& counters
    );

    using profiles = std::map<std::string_view, ready_sign_profile>;
    profiles const& all() const noexcept { return profiles_; }
    ready_sign_profile const* find(std::string_view name) const noexcept;

private:
    profiles profiles_;
};

}  // namespace service
