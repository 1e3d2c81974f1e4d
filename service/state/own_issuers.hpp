#pragma once

#include "config/values/settings.hpp"
#include "core/jwt/jwt.hpp"
#include "core/keys/key_ring.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace service {

/// A party whose keys are our own.
struct own_issuer {
    core::trusted_issuer trusted;
    std::shared_ptr<core::jwk_set const> keys;  ///< that the keys of `trusted` are in
};

/// Our own keys as verify profiles name them, at one state of the key ring. The keys of a name are
/// put together once, however many profiles have it.
class own_issuers {
public:
    /// settings, the ring of `view`  outlive what is found here.
    own_issuers(config::settings const& settings, core::ring_view const& view)
        : settings_(settings), view_(view)
    {
    }

    /// name     `self`, or a series with an issuer of its own; without keys when there is none.
    own_issuer const& find(std::string const& name);
    /// All these series as one party, with those that sign payloads: a payload does not say which
    /// series signed it. Kids are unique among our keys, and a secret is never taken for a key
    /// pair.
    own_issuer find_payload_series(std::vector<std::string> const& names) const;

private:
    using entries = std::vector<core::jwk>;

    own_issuer ourselves() const;
    own_issuer series(std::string const& name) const;
    static own_issuer with_keys(core::trusted_issuer trusted, entries keys);

    config::settings const& settings_;
    core::ring_view const& view_;
    std::unordered_map<std::string, own_issuer> found_;
};

}  // namespace service
