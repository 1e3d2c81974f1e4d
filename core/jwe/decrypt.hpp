#pragma once

#include "core/base/secret.hpp"
#include "core/base/work_budget.hpp"
#include "core/crypto/operation_cache.hpp"
#include "core/jwe/limits.hpp"
#include "core/jwe/unopened_jwe.hpp"
#include "core/keys/jwk.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace core {

/// The rules for opening a token. The caller owns what the views point to.
struct decrypt_policy {
    std::span<std::string const> algorithms;   ///< allow-list of alg; empty = does not narrow
    std::span<std::string const> encryptions;  ///< allow-list of enc; empty = does not narrow
    std::span<std::string const> permitted;    ///< algorithms to allow that are off by default
    bool allow_zip = false;
    std::size_t inflated_max = SIZE_MAX;      ///< octets of a plaintext that was compressed; counts
                                              ///< only below the bound of inflate
    std::int64_t p2c_max = core::p2c_max;     ///< PBES2's iterations
    bool ignore_kid = false;                  ///< for a single inline key
    work_budget* budget = nullptr;            ///< charged before each try; null = not bounded
    crypto::operation_cache* kept = nullptr;  ///< of this thread; null = for keys of one request
};

/// A token that was opened.
struct opened_jwe {
    secret_bytes plaintext;  ///< inflated if it was compressed
    std::string header;      ///< JSON text of the protected header
    std::string kid;         ///< of the key that opened it; empty = the key has none
    key_management_algorithm const* algorithm = nullptr;
    content_encryption_algorithm const* encryption = nullptr;
    std::size_t recipient = 0;  ///< position among the token's recipients
};

/// Opens a token with the first candidate key that can. A recipient's candidates are the keys that
/// fit its alg and kid and whose use and key_ops allow it; at most 8 are tried per token.
///
/// keys     private keys and secrets. A key whose use is sig is never a candidate. A key that
///          states an alg is used only for it (a `dir` key may state its enc).
/// Errors   algorithm_not_allowed: alg or enc not on its list, alg off by default and not
///          permitted, zip not allowed, the key with this kid is for another alg; key_not_found;
///          header_invalid: epk, apu, apv, iv, tag, p2s, p2c missing or out of bounds, epk not a
///          good point of the key's curve; decryption_failed for every failure that depends on a
///          key: always the same code and the same work; token_too_large when the plaintext
///          inflates beyond the bound; token_malformed (payload) when it cannot be inflated.
/// Source   RFC 7516 section 5.2; section 11.5: "the recipient MUST NOT distinguish between format,
///          padding, and length errors of encrypted keys"
result<opened_jwe>
decrypt(unopened_jwe const& token, std::span<jwk const> keys, decrypt_policy const& policy);

}  // namespace core
