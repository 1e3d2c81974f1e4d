#include "service/http/reply.hpp"

#include "core/json/json.hpp"
#include "service/http/titles.hpp"
#include "service/operations/skipped_keys.hpp"

#include <algorithm>

namespace service::http {

namespace {

using core::errc;

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

/// The sentence for people where the failure has none of its own: the code's title, or what to do.
std::string_view usual_detail(errc code)
{
    if (code == errc::configuration_invalid)
        return "It was not loaded, and the configuration before stays in force.";
    return code == errc::work_exceeded
        ? "Ask for less at once, or raise limits.stranger_work, caller_work (of callers) or "
          "password_work (with PBES2)."
        : title_of(code, {});
}

}  // namespace

reply json_reply(std::string body)
{
    reply answer;
    answer.body = std::move(body);
    return answer;
}

reply problem(
    core::failure const& what, addressee const& to, context where,
    std::vector<core::left_out_key> const& skipped
)
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
            "detail", what.detail.empty() ? usual_detail(what.code) : std::string_view(what.detail)
        )
        .member("code", answer.code)
        .member("request_id", to.request_id);
    append_detail(out, what);
    append_skipped(out, skipped);
    out.end_object();
    // RFC 9110 section 15.5.2: "The server generating a 401 response MUST send a WWW-Authenticate"
    if (answer.status == 401 && where != context::auth)
        answer.headers.add("WWW-Authenticate", "Bearer");
    // RFC 9110 section 10.2.3: "how long the service is expected to be unavailable"; RFC 6585
    // section 4 for 429: "how long to wait before making a new request"
    bool const ends = what.code == errc::overloaded || what.code == errc::rate_limited
        || what.code == errc::rotation_too_early;
    if (ends)
        answer.headers.add("Retry-After", std::to_string(std::max(what.retry_after, 1U)));
    return answer;
}

}  // namespace service::http
