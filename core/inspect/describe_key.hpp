#pragma once

#include "core/base/error.hpp"
#include "core/inspect/finding.hpp"
#include "core/json/json.hpp"
#include "core/keys/jwk.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// A key, read as well as it can be, and what is wrong with it.
struct key_report {
    /// nullopt = its material cannot be read; then only what it states is known.
    std::optional<jwk> key;
    /// Whether Signet would use the key, once what the findings name is mended.
    bool is_usable = true;
    std::string kty, crv;  ///< as stated; empty = absent or not known
    std::string kid, alg;  ///< as stated
    key_use use = key_use::any;
    std::uint8_t ops = 0;     ///< key_op bits; 0 = not stated
    bool is_private = false;  ///< it has members of a private key, or is a secret
    std::vector<finding> findings;
};

/// Describes a JWK. What other libraries write or accept is named and mended for the description:
/// leading zero octets, padding, short coordinates, empty key_ops, certificates that do not fit.
/// What cannot be mended is a finding as well. Nowhere else is a key read so leniently.
///
/// object   untrusted.
/// Errors   key_invalid when it is not a key at all: a set, or an object with neither kty nor a
///          member that only keys have.
result<key_report> describe_jwk(json::value object);

/// The same for a key as text: PEM, OpenSSH, or a JWK as JSON.
///
/// text     untrusted; at most inline_key_text_max octets.
/// Errors   key_invalid when no key can be recognised in it.
result<key_report> describe_key_text(std::string_view text);

}  // namespace core
