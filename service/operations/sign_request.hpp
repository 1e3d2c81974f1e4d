#pragma once

#include "core/jws/serialization.hpp"
#include "core/keys/jwk.hpp"
#include "service/observe/metrics.hpp"
#include "service/operations/encrypt_request.hpp"
#include "service/state/sign_profiles.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace service {

/// One signature to make.
struct token_signer {
    /// Whose key signs; of the snapshot that the request was read with. Null = the request's own.
    ready_sign_profile const* profile = nullptr;
    core::jwk own{};  ///< the key that came with the request
    core::signature_algorithm const* algorithm = nullptr;
    std::string header{};  ///< JSON text of the protected header; empty = the profile's

    bool is_inline() const noexcept { return profile == nullptr; }
    core::jwk const& key() const noexcept { return profile != nullptr ? *profile->key : own; }
    unsigned metric() const noexcept
    {
        return profile != nullptr ? profile->metric : metrics::other;
    }
};

/// A token to make by /sign. Everything was checked; what remains is the signature. The snapshot
/// that it was read with must outlive it.
struct sign_request {
    std::string payload;  ///< the claims' text, or any bytes
    core::serialization form = core::serialization::compact;
    bool detached = false;
    bool b64 = true;  ///< RFC 7797
    std::vector<token_signer> signers;
    bool has_inline_keys = false;
    std::optional<encrypt_request> nested_in;  ///< the JWE that the token goes into
    std::optional<std::int64_t> expires_at;    ///< NumericDate
    std::string jti;                           ///< empty = none
};

}  // namespace service
