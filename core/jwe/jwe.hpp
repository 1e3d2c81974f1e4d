#pragma once

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/base/secret.hpp"
#include "core/json/json.hpp"
#include "core/jws/serialization.hpp"
#include "core/keys/jwk.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// Longest JWE that is made or read, and longest plaintext after inflation: python-jose's limit.
inline constexpr std::size_t jwe_bytes_max = 250U * 1024U;

/// Bounds of PBES2's iteration count. RFC 7518 section 4.8.1.2: "A minimum iteration count of 1000
/// is RECOMMENDED". Without the maximum a token could ask for seconds of work.
inline constexpr std::int64_t p2c_min = 1000;
inline constexpr std::int64_t p2c_max = 310'000;

/// The checked JOSE header of one recipient: the protected header, the shared unprotected header
/// and the recipient's own, whose names are disjoint. alg and enc are known, and enc is protected.
class jwe_header {
public:
    /// Checks a header.
    ///
    /// protected_json  the protected header, parsed; untrusted.
    /// shared, own     the unprotected headers of a JSON serialization, if any; untrusted. Must
    ///                 outlive the result.
    /// Errors          token_malformed (part header) when the protected header is not a JSON
    ///                 object; header_invalid: duplicate names, a name in two headers, alg or enc
    ///                 missing or not strings, enc or zip not protected, any crit (we support no
    ///                 extension), kid, typ or cty not a string; algorithm_not_allowed for `none`;
    ///                 algorithm_unsupported for an alg, enc or zip without a row.
    /// Source          RFC 7516 section 4: "the Header Parameter names in the three locations MUST
    ///                 be disjoint", section 4.1.3: zip "MUST occur only within the JWE Protected
    ///                 Header"
    static result<jwe_header> parse(
        std::shared_ptr<json::document const> protected_json, std::optional<json::value> shared,
        std::optional<json::value> own
    );

    /// A parameter, from whichever header has it.
    std::optional<json::value> find(std::string_view name) const noexcept;
    std::string_view kid() const noexcept;
    std::string_view protected_text() const noexcept { return protected_->text(); }
    key_management_algorithm const& algorithm() const noexcept { return *algorithm_; }
    content_encryption_algorithm const& encryption() const noexcept { return *encryption_; }
    bool is_compressed() const noexcept { return is_compressed_; }

private:
    std::shared_ptr<json::document const> protected_;
    std::optional<json::value> shared_, own_;
    key_management_algorithm const* algorithm_ = nullptr;
    content_encryption_algorithm const* encryption_ = nullptr;
    bool is_compressed_ = false;
};

/// A JWE that was not opened yet. It shows what is needed to find the key.
class unopened_jwe {
public:
    struct recipient {
        jwe_header header;
        bytes encrypted_key;
        std::size_t position = 0;  ///< among all recipients of the token, also those set aside
    };

    /// Splits and decodes a compact JWE.
    ///
    /// token    untrusted; need not outlive the result.
    /// Errors   token_malformed with the part (segments unless there are exactly four dots; iv, tag
    ///          and encrypted_key when their length is wrong for the algorithms); those of
    ///          jwe_header.
    /// Source   RFC 7516 section 7.1, section 5.2 steps 1 to 10
    static result<unopened_jwe> parse_compact(std::string_view token);

    /// Reads the flattened or general JSON serialization; at most recipients_max recipients. If
    /// there are several, one whose alg has no row is set aside. If none is left, the error is that
    /// of the first one.
    ///
    /// object   untrusted; must outlive the result, whose unprotected headers are views into it.
    /// Errors   those of parse_compact; header_invalid also when there is no protected header,
    ///          because enc would not be protected (RFC 7520 section 5.12 has such a token).
    /// Source   RFC 7516 section 7.2
    static result<unopened_jwe> parse_json(json::value object);

    std::vector<recipient> const& recipients() const noexcept { return recipients_; }
    std::string_view protected_text() const noexcept
    {
        return recipients_.front().header.protected_text();
    }
    content_encryption_algorithm const& encryption() const noexcept
    {
        return recipients_.front().header.encryption();
    }
    byte_view iv() const noexcept { return iv_; }
    byte_view ciphertext() const noexcept { return ciphertext_; }
    byte_view tag() const noexcept { return tag_; }
    /// ASCII(protected), with "." and the base64url of `aad` if there is one. RFC 7516 section 5.2
    /// step 15
    byte_view additional_data() const noexcept { return as_bytes(additional_data_); }

    static constexpr std::size_t recipients_max = 16;

private:
    result<void> check_shape() const;
    std::vector<recipient> recipients_;
    bytes iv_, ciphertext_, tag_;
    std::string additional_data_;
};

/// The rules for opening a token. The caller owns what the views point to.
struct decrypt_policy {
    std::span<std::string const> algorithms;   ///< allow-list of alg; empty = does not narrow
    std::span<std::string const> encryptions;  ///< allow-list of enc; empty = does not narrow
    std::span<std::string const> permitted;    ///< algorithms to allow that are off by default
    bool allow_zip = false;
    bool ignore_kid = false;  ///< for a single inline key
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
///          inflates to more than 250 KiB or 10 times its size; token_malformed (payload) when it
///          cannot be inflated.
/// Source   RFC 7516 section 5.2; section 11.5: "the recipient MUST NOT distinguish between format,
///          padding, and length errors of encrypted keys"
result<opened_jwe>
decrypt(unopened_jwe const& token, std::span<jwk const> keys, decrypt_policy const& policy);

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
    std::int64_t p2c = p2c_max;  ///< for PBES2
    serialization form = serialization::compact;
};

/// Makes a JWE. In compact and flattened form all parameters are in the protected header; in
/// general form those of a recipient are in its own header.
///
/// Errors   key_invalid: a key whose type, size, use or key_ops does not fit its alg, or that was
///          used 2^32 times with AES-GCM in this process; request_invalid: dir or ECDH-ES together
///          with other recipients, aad in compact form, apu or apv without ECDH-ES, p2c out of
///          bounds, a plaintext that compresses more than 10 times; token_too_large when the result
///          would be.
/// Source   RFC 7516 section 5.1
result<std::string> make_jwe(jwe_request const& request);

}  // namespace core
