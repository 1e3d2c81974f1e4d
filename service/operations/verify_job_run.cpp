#include "core/base/base64url.hpp"
#include "core/base/utf8.hpp"
#include "service/operations/verify_job.hpp"

#include <algorithm>
#include <cmath>

namespace service {

core::verify_policy verify_job::policy() const
{
    core::verify_policy policy;
    policy.mode = mode_;
    policy.issuers = issuers_;
    policy.algorithms = algorithms_;
    if (algorithms_.empty() && profile_ != nullptr)
        policy.algorithms = profile_->settings->algorithms;
    policy.claims = &claims_;
    if (detached_)
        policy.detached = *detached_;
    return policy;
}

core::result<verify_job::verified> verify_job::run(
    core::instant now, core::crypto::operation_cache* kept, metrics& counters,
    std::optional<missing_key>* missing
) const
{
    return judge({token_, token_json_, true}, now, kept, counters, missing);
}

/// One layer was opened already: what is in it must be a JWS.
core::result<verify_job::verified> verify_job::run_on(
    std::string_view token, core::instant now, core::crypto::operation_cache* kept,
    metrics& counters
) const
{
    auto const document = json_text(token);
    subject what{token, {}, false};
    if (document)
        what.json = document->root();
    return judge(what, now, kept, counters, nullptr);
}

core::result<core::verified_token> verify_job::verify_text(
    subject const& what, core::instant now, core::crypto::operation_cache* kept,
    core::verify_trace& trace
) const
{
    if (what.text.size() > limits_->token_bytes)
        return core::errc::token_too_large;
    auto* const keep = is_inline() ? nullptr : kept;
    if (what.json)
        return core::verify_json(*what.json, policy(), now, keep, &trace);
    return core::verify(what.text, policy(), now, keep, &trace);
}

core::result<verify_job::verified> verify_job::judge(
    subject const& what, core::instant now, core::crypto::operation_cache* kept, metrics& counters,
    std::optional<missing_key>* missing
) const
{
    core::verify_trace trace;
    std::string jwe_header;
    auto const started = std::chrono::steady_clock::now();
    auto token = [&]() -> core::result<core::verified_token> {
        if (!what.may_be_nested || profile_ == nullptr)
            return verify_text(what, now, kept, trace);
        auto inner = unwrap(*profile_, what.text, *limits_, counters);
        if (!inner)
            return inner.error();
        if (!*inner)
            return verify_text(what, now, kept, trace);
        jwe_header = std::move((*inner)->jwe_header);
        return verify_text({core::as_text((*inner)->token.view()), {}, false}, now, kept, trace);
    }();
    unsigned issuer = metrics::other;
    if (profile_ != nullptr && trace.issuer) {
        auto const at = issuer_of_[*trace.issuer];
        issuer = profile_->issuer_metrics[at];
        if (missing != nullptr && !token && trace.lacks_key) {
            *missing = missing_key{profile_->issuer_sources[at], std::move(trace.kid)};
            return token.error();
        }
        if (token && profile_->issuer_is_stale[at])
            counters.count_stale_served(issuer);
    }
    counters.count_verify(
        profile_ == nullptr ? metrics::other : profile_->metric, issuer,
        token ? outcome{} : outcome{token.error().code}
    );
    if (!token)
        return token.error();
    counters.time_verify(token->algorithm(), std::chrono::steady_clock::now() - started);
    return verified{std::move(*token), std::move(jwe_header), what.json.has_value()};
}

std::string verify_job::reply_body(verified const& by, core::instant now) const
{
    auto const& token = by.token;
    std::string body;
    body.reserve(token.header().size() + token.payload().size() + 256);
    core::json::writer w(body);
    w.begin_object().member("valid", true).member_raw("header", token.header());
    if (token.has_claims()) {
        w.member_raw("claims", token.payload());
    } else {
        w.member("payload_b64", core::base64url_encode(core::as_bytes(token.payload())));
        if (core::utf8::is_valid(token.payload()))
            w.member("payload", token.payload());
    }
    if (!token.kid().empty())
        w.member("kid", token.kid());
    w.member("alg", token.algorithm().name);
    if (profile_ != nullptr) {
        if (auto const issuer = issuers_[token.issuer()].issuer; !issuer.empty())
            w.member("issuer", issuer);
        w.member("profile", profile_->settings->name);
    }
    w.member("key_source", is_inline() ? "inline" : "configured");
    if (!by.jwe_header.empty())
        w.member_raw("jwe_header", by.jwe_header);
    if (by.is_json)
        w.member("signature_index", static_cast<std::int64_t>(token.signature_index()));
    if (token.has_claims()) {
        auto const exp = token.claims().find("exp");
        if (exp && exp->is_number())
            w.member(
                "expires_in",
                static_cast<std::int64_t>(std::clamp(
                    std::floor(exp->number() - core::numeric_date(now)), 0.0, 9007199254740991.0
                ))
            );
        if (auto const names = core::unchecked_claims(token.claims(), claims_); !names.empty()) {
            w.name("unchecked").begin_array();
            for (auto const name : names)
                w.string(name);
            w.end_array();
        }
    }
    w.end_object();
    return body;
}

}  // namespace service
