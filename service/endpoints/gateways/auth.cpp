#include "core/jwt/claim_text.hpp"
#include "service/endpoints/gateways/bearer.hpp"
#include "service/http/route.hpp"
#include "service/operations/audit_notes.hpp"
#include "service/operations/by_cost.hpp"
#include "service/operations/verify.hpp"

#include <memory>

namespace service {
namespace {

/// Adds every mapped header, always, so that a caller's own header of that name cannot pass through
/// a gateway that copies ours.
///
/// unfit    set to the header whose claim it cannot carry.
/// Errors   claim_invalid: a claim cannot be written into a header.
core::result<http::reply> mapped_headers(
    ready_profile const& profile, core::verified_token const& token, std::string_view& unfit
)
{
    http::reply reply;
    reply.content_type = "";
    for (auto const& mapping : profile.settings->headers) {
        auto const write = [&](std::string& to) {
            auto const claim = core::find_claim(token.claims(), mapping.claim);
            return !claim || core::append_claim_text(to, *claim, mapping.base64url);
        };
        if (!reply.headers.add_written(mapping.header, write)) {
            unfit = mapping.header;
            return core::errc::claim_invalid;
        }
    }
    return reply;
}

/// The token is good, but cannot be passed on.
http::reply unmappable()
{
    http::reply refusal;
    refusal.status = 403;
    refusal.content_type = "";
    refusal.code = core::to_string(core::errc::claim_invalid);
    return refusal;
}

/// Adds what the audit log is to know, where there is one.
http::reply
noted(http::reply reply, verdict const& found, verify_terms const& by, std::string_view token)
{
    if (!by.seen->settings.audit.is_on())
        return reply;
    auto& note = reply.audited.emplace_back();
    note_verdict(note, found, by);
    core::note_token(note, token);
    return reply;
}

/// Counts what the gateway is told, which may differ from the verdict: a token that is bound to a
/// proof that nobody checked (RFC 7800) is refused, and so is one whose claims do not fit headers.
http::reply
answer(verdict& found, verify_terms const& by, std::string_view token, observers const& told)
{
    refuse_if_bound(found);
    if (!found.token) {
        count(found, by, told);
        return noted(bearer_challenge(found.token.error()), found, by, token);
    }
    std::string_view unfit;
    auto mapped = mapped_headers(*by.profile, *found.token, unfit);
    if (!mapped)
        take_back(found, mapped.error());
    count(found, by, told, unfit);
    return noted(mapped ? std::move(*mapped) : unmappable(), found, by, token);
}

observers told_of(http::request const& request, snapshot const& seen)
{
    return {seen.counters, seen.refusals, request.request_id(), request.traceparent()};
}

/// Refuses a request before there is a token that could be verified.
http::reply refuse(http::request const& request, snapshot const& seen, core::failure const& why)
{
    refusal line{refusal::kind::token, why, request.request_id()};
    line.subject = {
        refusal_subject::kind::verify_profile, seen.settings.server.default_auth_profile};
    told_of(request, seen).tell(line);
    return bearer_challenge(why);
}

/// Here the Authorization field is never a caller's: only the peer proves who calls.
request_costs costs_of(http::request const& request, snapshot const& seen, core::instant now)
{
    return service::costs_of(seen.callers->of_peer(request.peer(), now), seen.settings);
}

/// What /auth verifies with; without a profile when there is none that it can use.
verify_terms terms_of(http::request const& request, worker& here)
{
    verify_terms terms{request.seen()};
    terms.profile = terms.seen->profiles.find(terms.seen->settings.server.default_auth_profile);
    if (terms.profile != nullptr && terms.profile->settings->mode != config::token_kind::jwt)
        terms.profile = nullptr;
    terms.memory = &here.memory;
    terms.has_waited = request.has_waited();
    return terms;
}

/// What every request needs, in a plain function: a coroutine's frame would have to hold all of it.
///
/// rest     set when the answer has to wait; the reply is then to be ignored.
http::reply
answer_at_once(http::request const& request, worker& here, std::unique_ptr<unfinished_token>& rest)
{
    auto terms = terms_of(request, here);
    auto const& seen = *terms.seen;
    if (terms.profile == nullptr)
        return refuse(request, seen, core::errc::keys_unavailable);
    auto const token = bearer_token(request);
    if (!token)
        return refuse(request, seen, token.error());
    auto const now = here.shared.now();
    auto costs = costs_of(request, seen, now);
    costs.budget.hold_to(io_allowance);
    auto found =
        verify(terms, *token, now, &here.operations, seen.counters, &costs.budget, &here.tokens);
    bool const is_held_up = costs.budget.is_held_up();
    costs.budget.release();
    if (is_held_up || found.missing) {
        rest = std::make_unique<unfinished_token>(unfinished_token{
            std::move(terms), *token, std::nullopt, costs});
        if (!is_held_up)
            rest->found = std::move(found);
        return {};
    }
    return answer(found, terms, *token, told_of(request, seen));
}

asio::awaitable<http::reply>
answer_later(std::unique_ptr<unfinished_token> what, http::request const& request, worker& here)
{
    auto rest = finish_verify(*what, here);
    auto found = co_await std::move(rest);
    if (!found)
        co_return http::begin_again();
    co_return answer(*found, what->terms, what->token, told_of(request, *what->terms.seen));
}

}  // namespace

http::pending_reply handle_auth(http::request const& request, worker& here)
{
    std::unique_ptr<unfinished_token> rest;
    auto reply = answer_at_once(request, here, rest);
    if (rest)
        return answer_later(std::move(rest), request, here);
    return reply;
}

}  // namespace service
