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

/// A JWS Protected Header whose rules were checked: alg known, crit understood, names of the right
/// type. The views point into `json`, which stands on the heap, so that the whole moves safely.
class jws_header {
public:
    /// text     the decoded header; untrusted.
    /// Errors   token_malformed (part header) when it is no JSON object; header_invalid for
    /// duplicate names, alg
    ///          missing or not a string, kid, typ or cty not a string, crit not a non-empty array
    ///          of distinct names that are understood and present, b64 not a boolean or not in
    ///          crit; algorithm_not_allowed for `none`; algorithm_unsupported for an alg without a
    ///          row.
    /// Source   RFC 7515 sections 4 and 4.1.11: "If any of the listed extension Header Parameters
    /// are not understood
    ///          and supported by the recipient, then the JWS is invalid"; RFC 7797 section 3
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

/// A JWS that nobody has verified: it shows what is needed to find the key, and nothing that it
/// claims.
class unverified_jws {
public:
    struct signature {
        jws_header header;
        std::string_view protected_b64;  ///< the header as it stands in the signing input
        std::string kid;  ///< from the protected header, else from the unprotected one: only a hint
        bytes value;
        std::size_t position = 0;  ///< among the token's signatures, those set aside included
    };

    /// Splits and decodes a compact JWS.
    ///
    /// token    untrusted; must outlive the result.
    /// detached the content of a token whose payload part is empty; its octets, not base64url.
    /// Errors   token_malformed with the part; header errors of jws_header::parse.
    /// Source   RFC 7515 section 7.1, section 5.2, appendix F; RFC 7797 section 5.2
    static result<unverified_jws>
    parse_compact(std::string_view token, std::optional<std::string_view> detached = {});

    /// Reads the flattened or general JSON serialization; at most signatures_max signatures.
    /// alg, crit, b64, typ and cty count in the protected header only. Of several signatures, one
    /// whose protected header has no alg, or an alg without a row, is set aside: no key here can be
    /// its candidate (RFC 7520 section 4.8 has such a one). When none is left, the first one's
    /// error.
    ///
    /// Errors   token_malformed: both forms at once, no signature, members of the wrong type;
    /// header_invalid: a name in
    ///          both headers of a signature, no protected header, signatures that disagree on b64.
    /// Source   RFC 7515 section 7.2: "The Header Parameter names in the two locations MUST be
    /// disjoint."
    static result<unverified_jws>
    parse_json(json::value object, std::optional<std::string_view> detached = {});

    std::vector<signature> const& signatures() const noexcept { return signatures_; }
    /// The decoded payload. Unverified: for selecting a configured issuer, and for what follows a
    /// good signature.
    std::string const& unverified_payload() const noexcept { return payload_; }
    /// What signature `index` covers: a view into the token, or into `scratch` where it had to be
    /// put together.
    std::string_view signing_input(std::size_t index, std::string& scratch) const;

    static constexpr std::size_t signatures_max = 16;

private:
    result<void>
    take_payload(std::optional<std::string_view> part, std::optional<std::string_view> detached);

    std::string_view compact_;  // header "." payload, when that is what was signed
    std::vector<signature> signatures_;
    std::string payload_;
};

/// Whether a list's entry means to be the word `none` and is not: "NONE", "application/none".
bool is_misspelt_none(std::string_view entry) noexcept;

/// Whether a JWS type is one of `admitted`, compared by same_header_type. The word `none`, written exactly so, admits an absent
/// type and nothing else; no entry admits a type that is called none.
bool typ_is_admitted(std::optional<std::string_view> typ, std::vector<std::string> const& admitted);

/// One signer's share of a JWS.
struct jws_signing {
    std::string protected_header;  ///< JSON text, complete
    crypto::signer* with = nullptr;
};

enum class serialization : std::uint8_t { compact, flattened, general };

/// Makes a JWS.
///
/// payload  octets as they are.
/// b64      false = RFC 7797: the payload goes into the signing input as it stands; in compact form
/// it must then be
///          detached or printable ASCII without a dot.
/// detached leaves the payload out of the result. RFC 7515 appendix F
/// Errors   request_invalid for a payload that b64 = false cannot carry; internal.
result<std::string> make_jws(
    std::vector<jws_signing> const& signers, byte_view payload, serialization form, bool b64,
    bool detached
);

}  // namespace core
