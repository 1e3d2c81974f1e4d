#pragma once

#include "core/keys/jwk_set.hpp"
#include "core/keys/key_ring.hpp"

#include <set>
#include <span>
#include <string>

namespace core {

/// Finds our own keys in another party's set, under any kid. If they were accepted there, everybody
/// who may sign with them, even callers who may only sign payloads, could make tokens in the other
/// party's name.
class own_keys {
public:
    own_keys() = default;
    /// keys     all our configured keys, of any series, state and use. Secrets are ignored: a
    ///          published set contains none.
    explicit own_keys(std::span<ring_key const> keys);

    bool contains(crypto::key const& key) const;
    /// The same by RFC 7638 thumbprint.
    bool has_thumbprint(std::string const& thumbprint) const
    {
        return thumbprints_.contains(thumbprint);
    }

    /// Removes our keys from a foreign set, and adds them to `from.left_out`.
    void leave_out(jwk_set& from) const;

private:
    std::set<std::string> thumbprints_;
};

}  // namespace core
