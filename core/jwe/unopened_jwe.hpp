#pragma once

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/json/json.hpp"
#include "core/jwe/jwe_header.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace core {

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

}  // namespace core
