#pragma once

#include "config/values/development_settings.hpp"
#include "core/base/error.hpp"
#include "core/keys/jwk.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// The issuers that development mode plays for the tests of others. Their keys end with the process.
/// From any thread.
class dev_issuers {
public:
    /// How many keys a set has at most: the oldest leaves when one more is made.
    static constexpr std::size_t keys_max = 8;

    /// wanted   as the configuration has them. An RSA key of 2048 bits takes some 0.1 s, once each.
    /// base     "http://localhost:8080", without a slash at its end.
    /// Throws   startup_error when no key can be made.
    dev_issuers(std::vector<config::dev_issuer> const& wanted, std::string const& base);

    /// What an issuer publishes.
    struct published {
        std::string issuer;  ///< its `iss`
        std::string jwks;    ///< JSON
        std::string alg;     ///< of its tokens
    };
    /// nullopt = there is no issuer of that name.
    std::optional<published> find(std::string_view name) const;

    /// What a token is signed with.
    struct signing_key {
        core::crypto::key_ptr material;
        std::string kid, alg;
        std::string issuer;  ///< its `iss`
    };
    /// kid       empty = that of the newest key.
    /// is_wrong  the key is not the one that is published under this kid.
    /// Errors    not_found: the issuer; key_not_found: the kid.
    core::result<signing_key>
    key_of(std::string_view name, std::string_view kid, bool is_wrong) const;

    struct rotation {
        std::string kid, previous;
    };
    /// Makes a key, which signs from now on; those before it stay in the set. For a thread of the
    /// pool: an RSA key takes long.
    ///
    /// Errors   not_found: the issuer; internal: no key could be made.
    core::result<rotation> rotate(std::string_view name);

private:
    struct one {
        std::string issuer, alg;
        std::vector<core::jwk> keys;  // the last one signs
        core::crypto::key_ptr wrong;  // published nowhere
    };

    mutable std::mutex guard_;
    std::map<std::string, one, std::less<>> all_;
};

}  // namespace service
