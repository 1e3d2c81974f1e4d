#pragma once

#include "core/keys/jwk_set.hpp"

#include <set>
#include <string>
#include <vector>

namespace core {

/// The keys whose private half an issuer has published at some time. A set that no longer has the
/// private half makes nobody forget it.
class leaked_keys {
public:
    /// left_out of a set that was read: what was published with its private half is remembered, up
    /// to 1024 keys.
    void remember(std::vector<left_out_key> const& left_out);
    /// Takes the remembered keys out of a set, and names them in `from.left_out`.
    void leave_out(jwk_set& from) const;

private:
    std::set<std::string> thumbprints_;
};

}  // namespace core
