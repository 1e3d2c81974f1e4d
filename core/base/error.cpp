#include "core/base/error.hpp"

#include <stdexcept>

namespace core {

std::string_view to_string(errc code) noexcept
{
    switch (code) {
    case errc::request_invalid: return "request_invalid";
    case errc::not_found: return "not_found";
    case errc::method_not_allowed: return "method_not_allowed";
    case errc::request_timeout: return "request_timeout";
    case errc::body_too_large: return "body_too_large";
    case errc::media_type_unsupported: return "media_type_unsupported";
    case errc::head_too_large: return "head_too_large";
    case errc::origin_forbidden: return "origin_forbidden";
    case errc::token_malformed: return "token_malformed";
    case errc::token_too_large: return "token_too_large";
    case errc::header_invalid: return "header_invalid";
    case errc::algorithm_not_allowed: return "algorithm_not_allowed";
    case errc::algorithm_unsupported: return "algorithm_unsupported";
    case errc::key_not_found: return "key_not_found";
    case errc::key_ambiguous: return "key_ambiguous";
    case errc::key_invalid: return "key_invalid";
    case errc::signature_invalid: return "signature_invalid";
    case errc::token_expired: return "token_expired";
    case errc::token_not_yet_valid: return "token_not_yet_valid";
    case errc::claim_invalid: return "claim_invalid";
    case errc::claim_missing: return "claim_missing";
    case errc::issuer_mismatch: return "issuer_mismatch";
    case errc::audience_mismatch: return "audience_mismatch";
    case errc::subject_mismatch: return "subject_mismatch";
    case errc::type_mismatch: return "type_mismatch";
    case errc::token_hash_mismatch: return "token_hash_mismatch";
    case errc::scope_insufficient: return "scope_insufficient";
    case errc::decryption_failed: return "decryption_failed";
    case errc::claims_forbidden: return "claims_forbidden";
    case errc::caller_unauthenticated: return "caller_unauthenticated";
    case errc::caller_forbidden: return "caller_forbidden";
    case errc::keys_unavailable: return "keys_unavailable";
    case errc::overloaded: return "overloaded";
    case errc::shutting_down: return "shutting_down";
    case errc::internal: return "internal";
    }
    return "internal";
}

std::string_view to_string(token_part part) noexcept
{
    switch (part) {
    case token_part::none: return "";
    case token_part::segments: return "segments";
    case token_part::header: return "header";
    case token_part::payload: return "payload";
    case token_part::signature: return "signature";
    case token_part::iv: return "iv";
    case token_part::tag: return "tag";
    case token_part::encrypted_key: return "encrypted_key";
    }
    return "";
}

std::string_view to_string(fault reason) noexcept
{
    switch (reason) {
    case fault::none: return "";
    case fault::encoding: return "encoding";
    case fault::json: return "json";
    case fault::not_object: return "not_object";
    case fault::missing: return "missing";
    case fault::invalid: return "invalid";
    case fault::check_failed: return "check_failed";
    }
    return "";
}

void throw_exception_from_error(failure const& error, boost::source_location const&)
{
    throw std::logic_error(
        "a failed result was read as a value: " + std::string(to_string(error.code))
    );
}

}  // namespace core
