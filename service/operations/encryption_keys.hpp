#pragma once

#include "core/keys/jwk.hpp"
#include "service/observe/metrics.hpp"
#include "service/operations/request_scope.hpp"
#include "service/state/opening_keys.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace service {

/// What a request says about the configured key that it wants.
struct key_choice {
    std::optional<std::string_view> name;  ///< `key_name`: a series or, to encrypt, an issuer
    std::optional<std::string_view> kid;
    std::optional<std::string_view> alg;
};

/// A configured key that a message may be encrypted to.
struct sealing_key {
    core::jwk key;
    bool alg_is_configured = false;  ///< then an alg that is off by default works too
    bool allow_zip = false;
    unsigned metric = metrics::other;
    std::string source{};  ///< its series or issuer
};

/// The key to encrypt to that the choice means: the active key of the series, or a `use: enc` key
/// of the issuer. The caller must be one that the series or the issuer names.
///
/// choice   a name, or only a kid. Of an issuer it is the only key that fits, or the one with the
///          kid.
/// Errors   caller_unauthenticated, caller_forbidden; key_not_found; key_ambiguous when several
///          keys fit; keys_unavailable when the named issuer has no usable keys now.
core::result<sealing_key> find_sealing_key(request_scope const& in, key_choice const& choice);

/// The keys of the series that the choice means (with only a kid: the series that has it).
///
/// Errors   caller_unauthenticated, caller_forbidden; key_not_found.
core::result<opening_keys> find_opening_keys(request_scope const& in, key_choice const& choice);

}  // namespace service
