#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace core {

/// Every way an operation can fail. The names are the `code` of API replies and the `code` label of
/// metrics: stable, public, append only.
enum class errc : std::uint8_t {
    request_invalid,     ///< the request itself is wrong: an unknown, missing or ill-typed member
    not_found,           ///< no such path, or an endpoint that this listener does not open
    method_not_allowed,  ///< the path exists, the method does not
    request_timeout,     ///< head or body did not arrive in time
    body_too_large,      ///< more body than the endpoint takes
    media_type_unsupported,  ///< Content-Type or Content-Encoding is not what the endpoint reads
    head_too_large,          ///< more head bytes or fields than the limits allow
    origin_forbidden,        ///< a foreign Origin, Sec-Fetch-Site or Host
    token_malformed,         ///< not a JWS or JWE by shape; `part` and `reason` say where; RFC 7515
                             ///< section 5.2
    token_too_large,         ///< longer than the limit for its kind
    header_invalid,         ///< alg missing; crit, b64, typ, kid wrong; duplicate members; RFC 7515
                            ///< section 4
    algorithm_not_allowed,  ///< `none`, not on the list, or not what the key is for; RFC 8725
                            ///< section 3.1
    algorithm_unsupported,  ///< alg is nothing that Signet computes
    key_not_found,          ///< no candidate key fits kid, alg and use
    key_ambiguous,          ///< more than one candidate where exactly one is needed
    key_invalid,  ///< wrong type or use, too short, bad encoding, PEM or JWK text as an HMAC secret
    signature_invalid,    ///< no candidate key verifies the signature; RFC 7515 section 5.2
    token_expired,        ///< exp is at or before now less leeway; RFC 7519 section 4.1.4
    token_not_yet_valid,  ///< nbf or iat is after now plus leeway; RFC 7519 section 4.1.5
    claim_invalid,        ///< a claim of the wrong type or value
    claim_missing,        ///< an expected or required claim is absent
    issuer_mismatch,      ///< iss is not the issuer that the key belongs to
    audience_mismatch,    ///< aud names none of the expected audiences; RFC 7519 section 4.1.3
    subject_mismatch,     ///< sub is not the expected one
    type_mismatch,        ///< typ is not one of the expected types; RFC 8725 section 3.11
    token_hash_mismatch,  ///< at_hash or c_hash does not match; OpenID Connect Core 3.1.3.6
    scope_insufficient,   ///< a required scope is not in scope or scp
    decryption_failed,    ///< no candidate key opens the token; every cryptographic cause, one name
    claims_forbidden,     ///< a sign profile does not let the caller say this
    caller_unauthenticated,  ///< the endpoint needs a caller and none was recognised
    caller_forbidden,        ///< the caller is known and may not do this
    rate_limited,            ///< the caller asks more often, or for more at once, than it may
    work_exceeded,           ///< the request costs more work than its kind of caller may cause
    configuration_invalid,   ///< what should be loaded is refused; the one in force stays
    rotation_too_early,      ///< the next key was not published for its lead time yet
    storage_unavailable,     ///< what has to be on the disk first cannot be written
    audit_unavailable,       ///< its record cannot be written, and without it nothing is done
    keys_unavailable,        ///< an issuer has no usable key set at all: cannot decide
    overloaded,              ///< a limit on work in flight or on connections is reached
    shutting_down,           ///< the service is draining
    path_forbidden,          ///< the original request's path could be read in two ways
    access_denied,           ///< no rule of the profile admits this request, or its claims
    internal,                ///< a broken invariant; logged, never explained to the outside
};

/// Everything that every layer knows about a code: adding a code is adding it above and a row here.
/// Its status and its titles are in service/http/error_table.cpp.
struct errc_row {
    std::string_view name;  ///< stable wire name, for example "token_expired"
    bool cannot_decide;     ///< nothing was found against the request or its token: there was no
                            ///< answer, and asking again may give one. Never a reason to let pass
};

/// Precondition: one of the enumerators; of other values the name is empty.
constexpr errc_row row_of(errc code) noexcept
{
    switch (code) {
    case errc::request_invalid: return {"request_invalid", false};
    case errc::not_found: return {"not_found", false};
    case errc::method_not_allowed: return {"method_not_allowed", false};
    case errc::request_timeout: return {"request_timeout", false};
    case errc::body_too_large: return {"body_too_large", false};
    case errc::media_type_unsupported: return {"media_type_unsupported", false};
    case errc::head_too_large: return {"head_too_large", false};
    case errc::origin_forbidden: return {"origin_forbidden", false};
    case errc::token_malformed: return {"token_malformed", false};
    case errc::token_too_large: return {"token_too_large", false};
    case errc::header_invalid: return {"header_invalid", false};
    case errc::algorithm_not_allowed: return {"algorithm_not_allowed", false};
    case errc::algorithm_unsupported: return {"algorithm_unsupported", false};
    case errc::key_not_found: return {"key_not_found", false};
    case errc::key_ambiguous: return {"key_ambiguous", false};
    case errc::key_invalid: return {"key_invalid", false};
    case errc::signature_invalid: return {"signature_invalid", false};
    case errc::token_expired: return {"token_expired", false};
    case errc::token_not_yet_valid: return {"token_not_yet_valid", false};
    case errc::claim_invalid: return {"claim_invalid", false};
    case errc::claim_missing: return {"claim_missing", false};
    case errc::issuer_mismatch: return {"issuer_mismatch", false};
    case errc::audience_mismatch: return {"audience_mismatch", false};
    case errc::subject_mismatch: return {"subject_mismatch", false};
    case errc::type_mismatch: return {"type_mismatch", false};
    case errc::token_hash_mismatch: return {"token_hash_mismatch", false};
    case errc::scope_insufficient: return {"scope_insufficient", false};
    case errc::decryption_failed: return {"decryption_failed", false};
    case errc::claims_forbidden: return {"claims_forbidden", false};
    case errc::caller_unauthenticated: return {"caller_unauthenticated", false};
    case errc::caller_forbidden: return {"caller_forbidden", false};
    case errc::rate_limited: return {"rate_limited", false};
    case errc::work_exceeded: return {"work_exceeded", false};
    case errc::configuration_invalid: return {"configuration_invalid", false};
    case errc::rotation_too_early: return {"rotation_too_early", false};
    case errc::storage_unavailable: return {"storage_unavailable", true};
    case errc::audit_unavailable: return {"audit_unavailable", true};
    case errc::keys_unavailable: return {"keys_unavailable", true};
    case errc::overloaded: return {"overloaded", true};
    case errc::shutting_down: return {"shutting_down", true};
    case errc::path_forbidden: return {"path_forbidden", false};
    case errc::access_denied: return {"access_denied", false};
    case errc::internal: return {"internal", true};
    }
    return {"", true};
}

inline constexpr std::size_t errc_count = static_cast<std::size_t>(errc::internal) + 1;
static_assert(
    row_of(static_cast<errc>(errc_count)).name.empty(),
    "internal is the last: new codes go before it"
);

constexpr std::string_view to_string(errc code) noexcept
{
    return row_of(code).name;
}
constexpr bool cannot_decide(errc code) noexcept
{
    return row_of(code).cannot_decide;
}

/// Which part of a token is at fault (token_malformed, header_invalid).
enum class token_part : std::uint8_t {
    none,
    segments,
    header,
    payload,
    signature,
    iv,
    tag,
    encrypted_key
};
std::string_view to_string(token_part part) noexcept;

/// What is wrong with the part or the claim.
enum class fault : std::uint8_t {
    none,
    encoding,
    json,
    not_object,
    missing,
    invalid,
    check_failed
};
std::string_view to_string(fault reason) noexcept;

/// What went wrong, in terms that the caller can act on. Never holds token or key material, an
/// expected value or a configured name.
struct failure {
    errc code = errc::internal;
    token_part part = token_part::none;
    fault reason = fault::none;
    std::uint32_t retry_after = 0;  ///< in seconds, for rate_limited and rotation_too_early; 0 =
                                    ///< it is not known
    std::string claim;              ///< the claim at fault, for claim codes; a name, never a value
    std::string member;  ///< the request or configuration member at fault, for request_invalid
    std::string
        detail;  ///< one English sentence for people, fixed text; empty = the code's own title

    failure() = default;          // boost::system::result asks for it
    failure(errc c) : code(c) {}  // NOLINT: `return errc::x;` is the point
    failure(errc c, token_part p, fault r) : code(c), part(p), reason(r) {}

    static failure of_claim(errc c, std::string_view name, fault r)
    {
        failure f{c};
        f.claim = name;
        f.reason = r;
        return f;
    }
    static failure of_member(std::string_view name, std::string_view sentence)
    {
        failure f{errc::request_invalid};
        f.member = name;
        f.detail = sentence;
        return f;
    }
    static failure of(errc c, std::string_view sentence)
    {
        failure f{c};
        f.detail = sentence;
        return f;
    }

    friend bool operator==(failure const& f, errc c) noexcept { return f.code == c; }
};

/// A value or a failure that the compiler will not let you ignore.
/// The subset used here (bool, *, ->, has_value, error) is also std::expected's.
template <class T> class [[nodiscard]] result : public boost::system::result<T, failure> {
public:
    using boost::system::result<T, failure>::result;
};

[[noreturn]] void
throw_exception_from_error(failure const& error, boost::source_location const& where);

}  // namespace core
