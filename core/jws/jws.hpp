#pragma once

#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/crypto/signature.hpp"
#include "core/json/json.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// A checked JWS Protected Header: its alg is known, its crit is understood, its members have the
/// right types. The views point into `json_`, which is on the heap, so that moving is safe.
class jws_header {
public:
    /// Reads and checks a header.
    ///
    /// text     the decoded header; untrusted.
    /// Errors   token_malformed (part header) when it is not a JSON object; header_invalid for
    ///          duplicate names, alg missing or not a string, kid, typ or cty not a string, crit
    ///          not a non-empty array of distinct names that are understood and present, b64 not a
    ///          boolean or not in crit; algorithm_not_allowed for `none`; algorithm_unsupported for
    ///          an alg without a row.
    /// Source   RFC 7515 sections 4 and 4.1.11: "If any of the listed extension Header Parameters
    ///          are not understood and supported by the recipient, then the JWS is invalid"; RFC
    ///          7797 section 3
    static result<jws_header> parse(std::string text);

    json::value json() const noexcept { return json_->root(); }
    std::string_view text() const noexcept { return json_->text(); }
    signature_algorithm const& algorithm() const noexcept { return *algorithm_; }
    std::optional<std::string_view> string(std::string_view name) const noexcept;
    std::string_view kid() const noexcept { return string("kid").value_or(std::string_view{}); }
    /// Whether the payload is base64url-encoded in the signing input. RFC 7797
    bool b64() const noexcept { return b64_; }

private:
    std::shared_ptr<json::document const> json_;
    signature_algorithm const* algorithm_ = nullptr;
    bool b64_ = true;
};

/// A JWS that was not verified yet. It shows what is needed to find the key, but no claims.
class unverified_jws {
public:
    struct signature {
        jws_header header;
        std::string_view protected_b64;  ///< the header as it appears in the signing input
        std::string kid;  ///< of the protected header, else of the unprotected one: only a hint
        bytes value;
        std::size_t position = 0;  ///< among all signatures of the token, also those set aside
    };

    /// Splits and decodes a compact JWS.
    ///
    /// token     untrusted; must outlive the result.
    /// detached  the content of a token whose payload part is empty: octets, not base64url.
    /// Errors    token_malformed with the part; the errors of jws_header::parse.
    /// Source    RFC 7515 section 7.1, section 5.2, appendix F; RFC 7797 section 5.2
    static result<unverified_jws>
    parse_compact(std::string_view token, std::optional<std::string_view> detached = {});

    /// Reads the flattened or general JSON serialization; at most signatures_max signatures. alg,
    /// crit, b64, typ and cty count only in the protected header. If there are several signatures,
    /// one whose protected header has no alg, or an alg without a row, is set aside, because no key
    /// can verify it (RFC 7520 section 4.8 has an example). If none is left, the error is that of
    /// the first one.
    ///
    /// object    untrusted; must outlive the result.
    /// detached  as for parse_compact.
    /// Errors    token_malformed: both forms at once, no signature, members of the wrong type;
    ///           header_invalid: a name in both headers of a signature, no protected header,
    ///           signatures that disagree on b64; those of jws_header::parse.
    /// Source    RFC 7515 section 7.2: "The Header Parameter names in the two locations MUST be
    ///           disjoint."
    static result<unverified_jws>
    parse_json(json::value object, std::optional<std::string_view> detached = {});

    std::vector<signature> const& signatures() const noexcept { return signatures_; }
    /// The decoded payload. Unverified: use it only to select a configured issuer, or after the
    /// signature was verified.
    std::string const& unverified_payload() const noexcept { return payload_; }
    /// What signature `index` covers: a view into the token, or into `scratch` when it had to be
    /// assembled.
    std::string_view signing_input(std::size_t index, std::string& scratch) const;

    static constexpr std::size_t signatures_max = 16;

private:
    result<void>
    take_payload(std::optional<std::string_view> part, std::optional<std::string_view> detached);

    std::string_view compact_;  // header "." payload, when that is what was signed
    std::vector<signature> signatures_;
    std::string payload_;
};

/// Whether a list's entry is a misspelling of the word `none`: "NONE", "application/none".
bool is_misspelt_none(std::string_view entry) noexcept;

/// Whether a JWS type is one of `admitted`, compared by same_header_type. The entry `none`, spelled
/// exactly so, admits a token without a type and nothing else. No entry admits a type that is named
/// none.
bool typ_is_admitted(std::optional<std::string_view> typ, std::vector<std::string> const& admitted);

/// One signature of a JWS to be made.
struct jws_signing {
    std::string protected_header;  ///< JSON text, complete
    crypto::signer* with = nullptr;
};

enum class serialization : std::uint8_t { compact, flattened, general };

/// Makes a JWS.
///
/// payload   octets, not encoded.
/// b64       false = RFC 7797: the payload is signed without base64url encoding. In compact form it
///           must then be detached, or printable ASCII without a dot.
/// detached  true = the payload is left out of the result. RFC 7515 appendix F
/// Errors    request_invalid for a payload that does not work with b64 = false; internal.
result<std::string> make_jws(
    std::vector<jws_signing> const& signers, byte_view payload, serialization form, bool b64,
    bool detached
);

}  // namespace core
