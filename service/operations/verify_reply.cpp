#include "service/operations/verify_reply.hpp"

#include "core/algorithms/work_costs.hpp"
#include "core/base/base64url.hpp"
#include "core/base/utf8.hpp"
#include "service/operations/audit_notes.hpp"
#include "service/operations/skipped_keys.hpp"

#include <algorithm>
#include <cmath>

namespace service {

std::string verify_reply(verdict const& of, verify_terms const& by, core::instant now)
{
    auto const& token = *of.token;
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
    if (!by.is_inline()) {
        if (auto const issuer = by.profile->issuers[of.issuer.value()].issuer; !issuer.empty())
            w.member("issuer", issuer);
        w.member("profile", by.profile->settings->name);
    }
    w.member("key_source", by.is_inline() ? "inline" : "configured");
    append_skipped(w, by.skipped);
    if (!of.jwe_header.empty())
        w.member_raw("jwe_header", of.jwe_header);
    if (of.is_json)
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
        if (auto const names = core::unchecked_claims(token.claims(), by.claims_policy());
            !names.empty()) {
            w.name("unchecked").begin_array();
            for (auto const name : names)
                w.string(name);
            w.end_array();
        }
    }
    w.end_object();
    return body;
}

namespace {

/// A payload is written twice, and its control characters take six octets each.
core::work cost_of_reply(core::verified_token const& token)
{
    auto const payload = token.payload();
    auto const written = token.has_claims()
        ? payload.size()
        : payload.size() * 4 / 3 + core::json::string_size(payload);
    return core::costs::of_writing(token.header().size() + written);
}

}  // namespace

operation_answer answer_of(verdict const& found, verify_terms const& by, request_scope const& in)
{
    if (found.token && !charge(in.budget, cost_of_reply(*found.token))) {
        verdict refused{core::errc::work_exceeded};
        refused.issuer = found.issuer;
        return answer_of(refused, by, in);
    }
    count(found, by, in.told());
    note_verdict(in, found, by);
    if (!found.token)
        return {found.token.error(), by.where(), by.skipped};
    return {verify_reply(found, by, in.now), by.where()};
}

}  // namespace service
