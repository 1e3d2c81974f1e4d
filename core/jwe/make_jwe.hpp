#pragma once

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/base/work_budget.hpp"
#include "core/crypto/operation_cache.hpp"
#include "core/jwe/limits.hpp"
#include "core/jws/serialization.hpp"
#include "core/keys/jwk.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace core {

/// One recipient of a token to be made.
struct jwe_recipient {
    jwk const* key = nullptr;  ///< its kid goes into the header
    key_management_algorithm const* algorithm = nullptr;
    std::string header = "{}";      ///< general serialization: more members, a JSON object
    std::optional<bytes> apu, apv;  ///< only for ECDH-ES. RFC 7518 section 4.6.1
};

/// A token to be made. The caller owns what the views point to.
struct jwe_request {
    content_encryption_algorithm const* encryption = nullptr;
    /// The first members of the protected header, as a JSON object: typ, cty and the caller's own;
    /// never alg, enc, kid, zip, epk and the like.
    std::string header = "{}";
    std::vector<jwe_recipient> recipients;  ///< 1, or up to 16 in general serialization
    byte_view plaintext;
    std::optional<byte_view> aad;  ///< only in JSON serializations
    bool compress = false;
    std::int64_t p2c = p2c_written;        ///< PBES2's iterations
    std::int64_t p2c_max = core::p2c_max;  ///< the most that they may be
    serialization form = serialization::compact;
    work_budget* budget = nullptr;            ///< charged before each step; null = not bounded
    crypto::operation_cache* kept = nullptr;  ///< of this thread; null = for keys of one request
};

/// Makes a JWE. In compact and flattened form all parameters are in the protected header; in
/// general form those of a recipient are in its own header.
///
/// Errors   key_invalid: a key whose type, size, use or key_ops does not fit its alg, or that was
///          used 2^32 times with AES-GCM in this process; request_invalid: dir or ECDH-ES together
///          with other recipients, aad in compact form, apu or apv without ECDH-ES, p2c out of
///          bounds, a plaintext that inflate would refuse; token_too_large when the result would
///          be; work_exceeded.
/// Source   RFC 7516 section 5.1
result<std::string> make_jwe(jwe_request const& request);

}  // namespace core
