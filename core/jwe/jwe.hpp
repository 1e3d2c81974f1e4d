#pragma once

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/base/secret.hpp"
#include "core/json/json.hpp"
#include "core/jws/jws.hpp"
#include "core/keys/jwk.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// Longest JWE that is made or read, and longest plaintext that is inflated: what python-jose
/// takes.
inline constexpr std::size_t jwe_bytes_max = 250U * 1024U;

/// Bounds of PBES2's iteration count. RFC 7518 section 4.8.1.2: "A minimum iteration count of 1000
/// is RECOMMENDED"; more than the maximum would let a token choose seconds of work.
inline constexpr std::int64_t p2c_min = 1000;
inline constexpr std::int64_t p2c_max = 310'000;

/// The JOSE header of one recipient: the protected header, the shared unprotected one and the
/// recipient's own, whose names are disjoint. Its rules were checked: alg and enc are known, enc is
/// protected.
class jwe_header {
public:
    /// protected_text  the decoded protected header.
    /// shared, own     the unprotected ones of a JSON serialization, where they are.
    /// Errors   token_malformed (part header) when the protected header is no JSON object;
    ///          header_invalid: duplicate names, a name in two headers, alg or enc missing or not
    ///          strings, enc or zip not protected, any crit (no extension is understood), kid, typ
    ///          or cty not a string; algorithm_not_allowed for `none`; algorithm_unsupported for an
    ///          alg, enc or zip without a row.
    /// Source   RFC 7516 section 4: "the Header Parameter names in the three locations MUST be
    ///          disjoint", section 4.1.3: zip "MUST occur only within the JWE Protected Header"
    static result<jwe_header> parse(
        std::shared_ptr<json::document const> protected_json, std::optional<json::value> shared,
        std::optional<json::value> own
    );

    /// A parameter in any of the headers.
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

/// A JWE that nobody has opened: it shows what is needed to find the key.
class unopened_jwe {
public:
    struct recipient {
        jwe_header header;
        bytes encrypted_key;
        std::size_t position = 0;  ///< among the token's recipients, those set aside included
    };

    /// Splits and decodes a compact JWE.
    ///
    /// token    untrusted; need not outlive the result.
    /// Errors   token_malformed with the part (segments unless there are exactly four dots; iv, tag
    ///          and encrypted_key of a length that the algorithms do not have); those of
    ///          jwe_header.
    /// Source   RFC 7516 section 7.1, section 5.2 steps 1 to 10
    static result<unopened_jwe> parse_compact(std::string_view token);

    /// Reads the flattened or general JSON serialization; at most recipients_max recipients. Of
    /// several, one whose alg has no row is set aside. When none is left, the first one's error.
    ///
    /// object   must outlive the result: its unprotected headers are views into it.
    /// Errors   as above; header_invalid also when there is no protected header (RFC 7520 section
    ///          5.12 has such a token: enc would not be protected).
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
    /// ASCII(protected), with "." and the base64url of `aad` where there is one. RFC 7516 section
    /// 5.2 step 15
    byte_view additional_data() const noexcept { return as_bytes(additional_data_); }

    static constexpr std::size_t recipients_max = 16;

private:
    result<void> check_shape() const;
    std::vector<recipient> recipients_;
    bytes iv_, ciphertext_, tag_;
    std::string additional_data_;
};

/// What decides about opening a token, apart from the token and the keys. The views are the
/// caller's.
struct decrypt_policy {
    std::span<std::string const> algorithms;   ///< allow-list of alg; empty = does not narrow
    std::span<std::string const> encryptions;  ///< allow-list of enc; empty = does not narrow
    std::span<std::string const> permitted;    ///< names that are off by default and are on here
    bool allow_zip = false;
    bool ignore_kid = false;  ///< a single inline key
};

/// A token that one of the keys opened.
struct opened_jwe {
    secret_bytes plaintext;  ///< inflated where it was compressed
    std::string header;      ///< JSON text of the protected header
    std::string kid;         ///< of the key that opened it; empty = it has none
    key_management_algorithm const* algorithm = nullptr;
    content_encryption_algorithm const* encryption = nullptr;
    std::size_t recipient = 0;  ///< position among the token's recipients
};

/// Opens a token with the first candidate that can: of each recipient those keys that fit its alg,
/// use, key_ops and kid, at most 8 tries in all.
///
/// keys     private keys and secrets. A key whose use is sig is never a candidate; a stated alg
///          binds (of a `dir` key also the enc).
/// Errors   algorithm_not_allowed: alg or enc not on its list, alg off and not permitted, zip not
///          allowed, a key of this kid that is for another alg; key_not_found; header_invalid: epk,
///          apu, apv, iv, tag, p2s, p2c missing or out of bounds, epk not a good point of the key's
///          curve; decryption_failed for every failure that depends on a key: one code, the same
///          work; token_too_large when the plaintext inflates beyond 250 KiB or 10 times its size;
///          token_malformed (payload) when it cannot be inflated.
/// Source   RFC 7516 section 5.2; section 11.5: "the recipient MUST NOT distinguish between format,
///          padding, and length errors of encrypted keys"
result<opened_jwe>
decrypt(unopened_jwe const& token, std::span<jwk const> keys, decrypt_policy const& policy);

/// One recipient of a token to be made.
struct jwe_recipient {
    jwk const* key = nullptr;  ///< its kid goes into the header
    key_management_algorithm const* algorithm = nullptr;
    std::string header = "{}";      ///< general serialization: members of its own, a JSON object
    std::optional<bytes> apu, apv;  ///< ECDH-ES only. RFC 7518 section 4.6.1
};

/// A token to be made. The views are the caller's.
struct jwe_request {
    content_encryption_algorithm const* encryption = nullptr;
    std::string header = "{}";  ///< members that go first into the protected header, a JSON object:
                                ///< typ, cty and the caller's own; never alg, enc, kid, zip, epk...
    std::vector<jwe_recipient> recipients;  ///< 1, or up to 16 in general serialization
    byte_view plaintext;
    std::optional<byte_view> aad;  ///< JSON serializations only
    bool compress = false;
    std::int64_t p2c = p2c_max;  ///< of PBES2
    serialization form = serialization::compact;
};

/// Makes a JWE. In compact and flattened form everything stands in the protected header; in general
/// form what belongs to a recipient stands in its own.
///
/// Errors   key_invalid: a key whose kind, size, use or key_ops does not fit its alg, or that
/// AES-GCM
///          has used 2^32 times in this process; request_invalid: dir or ECDH-ES beside other
///          recipients, aad in compact form, apu or apv without ECDH-ES, p2c out of bounds, a
///          plaintext that compresses more than 10 times; token_too_large when the token would be.
/// Source   RFC 7516 section 5.1
result<std::string> make_jwe(jwe_request const& request);

}  // namespace core
