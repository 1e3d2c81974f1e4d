#pragma once

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/json/json.hpp"
#include "core/jws/jws_header.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace core {

class jws_memory;

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
    /// memory    of this thread, from which the result takes what it can; null = there is none.
    /// Errors    token_malformed with the part; the errors of jws_header::parse.
    /// Source    RFC 7515 section 7.1, section 5.2, appendix F; RFC 7797 section 5.2
    static result<unverified_jws> parse_compact(
        std::string_view token, std::optional<std::string_view> detached = {},
        jws_memory* memory = nullptr
    );

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

    /// Gives the payload away, to an owner who keeps it in another form.
    std::string release_payload() noexcept { return std::exchange(payload_, {}); }
    /// How much memory it has, in octets, without what its views point into.
    std::size_t octets() const noexcept;

    static constexpr std::size_t signatures_max = 16;

private:
    result<void>
    take_payload(std::optional<std::string_view> part, std::optional<std::string_view> detached);

    std::string_view compact_;  // header "." payload, when that is what was signed
    std::vector<signature> signatures_;
    std::string payload_;
};

}  // namespace core
