#pragma once

#include "core/keys/jwk_set.hpp"

#include <set>
#include <string>
#include <vector>

namespace core {

/// The keys whose private half an issuer has ever published. They stay untrusted when a later set
/// does not contain the private half.
class leaked_keys {
public:
    /// Remembers the keys that were published with their private half, up to eight sets of them.
    ///
    /// left_out  of the set that was read.
    /// keys_max  of a set of this issuer.
    void remember(std::vector<left_out_key> const& left_out, std::size_t keys_max);
    /// Removes the remembered keys from a set, and adds them to `from.left_out`.
    void leave_out(jwk_set& from) const;

private:
    std::set<std::string> thumbprints_;
};

}  // namespace core
