#pragma once

#include "core/jws/serialization.hpp"
#include "service/observe/metrics.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace service {

/// One recipient of a token.
struct token_recipient {
    core::jwk key;
    core::key_management_algorithm const* algorithm = nullptr;
    unsigned metric = metrics::other;
    std::string header = "{}";            ///< a JSON object: its own members in general form
    std::optional<core::bytes> apu, apv;  ///< of ECDH-ES
    std::string source{};  ///< the series or issuer whose key it is; empty = the request's own
};

/// A token to make by /encrypt, or by the `encrypt` of /sign. Everything was checked; what remains
/// is the encryption.
struct encrypt_request {
    std::string plaintext;  ///< any bytes; empty for a nested token, which is signed first
    core::serialization form = core::serialization::compact;
    std::optional<core::bytes> aad;
    bool compress = false;
    std::string header;               ///< JSON text of the first members of the protected header
    std::optional<std::int64_t> p2c;  ///< PBES2's iteration count
    core::content_encryption_algorithm const* encryption = nullptr;
    std::vector<token_recipient> recipients;
    bool has_inline_keys = false;
};

}  // namespace service
