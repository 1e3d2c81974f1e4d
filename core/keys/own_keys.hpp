#pragma once

#include "core/keys/jwk_set.hpp"
#include "core/keys/key_ring.hpp"

#include <set>
#include <span>
#include <string>

namespace core {

/// Recognizes our own keys in another party's set, whatever they are called there. A set that lists
/// a key of ours makes everybody who signs with that key speak for the other party, also those who
/// may only sign payloads.
class own_keys {
public:
    own_keys() = default;
    /// keys     every configured key of ours, of any series, state and use. Secrets are not looked
    ///          for: a published set holds none.
    explicit own_keys(std::span<ring_key const> keys);

    bool contains(crypto::key const& key) const;
    /// The same by RFC 7638 thumbprint.
    bool has_thumbprint(std::string const& thumbprint) const
    {
        return thumbprints_.contains(thumbprint);
    }

    /// Takes our keys out of a foreign set, and names them in `from.left_out`.
    void leave_out(jwk_set& from) const;

private:
    std::set<std::string> thumbprints_;
};

}  // namespace core
