#include "service/http/reply.hpp"

#include "core/json/json.hpp"
#include "service/http/titles.hpp"

namespace service::http {

namespace {

using core::errc;

bool is_inline(context where) noexcept
{
    return where == context::verify_inline || where == context::sign_inline
        || where == context::encrypt_inline || where == context::decrypt_inline
        || where == context::inspect;
}

/// Where a token is made, and so nothing can be said against one.
bool makes_tokens(context where) noexcept
{
    return where == context::sign || where == context::sign_inline || where == context::encrypt
        || where == context::encrypt_inline;
}

/// RFC 6750 section 3.1, and 503 where nothing could be decided.
unsigned auth_status(errc code) noexcept
{
    if (code == errc::scope_insufficient)
        return 403;
    if (code == errc::keys_unavailable || code == errc::overloaded || code == errc::shutting_down)
        return 503;
    return code == errc::internal ? 500 : 401;
}

void append_detail(core::json::writer& out, core::failure const& what)
{
    if (!what.claim.empty())
        out.member("claim", what.claim);
    if (what.part != core::token_part::none)
        out.member("part", core::to_string(what.part));
    if (what.reason != core::fault::none)
        out.member("reason", core::to_string(what.reason));
    if (!what.member.empty())
        out.member("member", what.member);
}

}  // namespace

unsigned status_of(errc code, context where) noexcept
{
    if (where == context::auth)
        return auth_status(code);
    switch (code) {
    case errc::request_invalid: return 400;
    case errc::not_found: return 404;
    case errc::method_not_allowed: return 405;
    case errc::request_timeout: return 408;
    case errc::body_too_large: return 413;
    case errc::media_type_unsupported: return 415;
    case errc::head_too_large: return 431;
    case errc::origin_forbidden: return 403;
    case errc::algorithm_unsupported: return makes_tokens(where) ? 400 : 422;
    case errc::key_not_found: return makes_tokens(where) ? 404 : 422;
    case errc::key_invalid: return is_inline(where) ? 400 : 422;
    case errc::token_malformed:
    case errc::token_too_large:
    case errc::header_invalid:
    case errc::algorithm_not_allowed:
    case errc::key_ambiguous:
    case errc::signature_invalid:
    case errc::token_expired:
    case errc::token_not_yet_valid:
    case errc::claim_invalid:
    case errc::claim_missing:
    case errc::issuer_mismatch:
    case errc::audience_mismatch:
    case errc::subject_mismatch:
    case errc::type_mismatch:
    case errc::token_hash_mismatch:
    case errc::scope_insufficient:
    case errc::decryption_failed:
    case errc::claims_forbidden: return 422;
    case errc::caller_unauthenticated: return 401;
    case errc::caller_forbidden: return 403;
    case errc::keys_unavailable:
    case errc::overloaded:
    case errc::shutting_down: return 503;
    case errc::internal: return 500;
    }
    return 500;
}

reply json_reply(std::string body)
{
    reply answer;
    answer.body = std::move(body);
    return answer;
}

reply problem(core::failure const& what, addressee const& to, context where)
{
    auto const title = title_of(what.code, to.accept_language);
    reply answer;
    answer.status = status_of(what.code, where);
    answer.content_type = "application/problem+json";
    answer.code = core::to_string(what.code);
    answer.body.reserve(256);
    core::json::writer out(answer.body);
    out.begin_object();
    bool const is_verify = where == context::verify || where == context::verify_inline;
    if (is_verify && answer.status == 422)
        out.member("valid", false);
    out.member("type", "urn:signet:error:" + std::string(answer.code))
        .member("title", title)
        .member("status", std::int64_t{answer.status})
        .member(
            "detail", what.detail.empty() ? title_of(what.code, {}) : std::string_view(what.detail)
        )
        .member("code", answer.code)
        .member("request_id", to.request_id);
    append_detail(out, what);
    out.end_object();
    // RFC 9110 section 15.5.2: "The server generating a 401 response MUST send a WWW-Authenticate"
    if (answer.status == 401 && where != context::auth)
        answer.headers.emplace_back("WWW-Authenticate", "Bearer");
    // RFC 9110 section 10.2.3: "how long the service is expected to be unavailable"
    if (what.code == errc::overloaded)
        answer.headers.emplace_back("Retry-After", "1");
    return answer;
}

}  // namespace service::http
