#pragma once

#include "core/jws/serialization.hpp"
#include "core/keys/jwk.hpp"
#include "service/observe/metrics.hpp"
#include "service/operations/encrypt_request.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace service {

/// One signature to make.
struct token_signer {
    core::jwk key;
    core::signature_algorithm const* algorithm = nullptr;
    bool is_inline = false;  ///< the key came with the request
    unsigned metric = metrics::other;
    std::string header;  ///< JSON text of the protected header
};

/// A token to make by /sign. Everything was checked; what remains is the signature.
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
