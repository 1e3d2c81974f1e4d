#include "service/endpoints/gateways/decision_age.hpp"
#include "service/endpoints/gateways/dialect.hpp"
#include "service/endpoints/gateways/mapped_headers.hpp"
#include "service/endpoints/gateways/token_sources.hpp"
#include "service/endpoints/gateways/trusted_peers.hpp"
#include "service/http/route.hpp"
#include "service/operations/audit_notes.hpp"
#include "service/operations/by_cost.hpp"
#include "service/operations/verify.hpp"

#include <memory>

/// The flow of every dialect: who asks, what the client asked for, whether that needs a token, the
/// token, and what it allows.
namespace service {
namespace {

/// One question of a gateway, while it is answered.
struct question {
    gateway_dialect const& in;
    http::request const& call;
    worker& here;
    core::original_request original{};  ///< empty where the dialect does not tell it
};

observers told_of(question const& what, snapshot const& seen)
{
    return {seen.counters, seen.refusals, what.call.request_id(), what.call.traceparent()};
}

config::verify_profile const* settings_of(verify_terms const& terms)
{
    return terms.profile == nullptr ? nullptr : terms.profile->settings;
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

/// The same of a decision without a token.
http::reply noted(http::reply reply, verify_terms const& by)
{
    if (by.profile != nullptr && by.seen->settings.audit.is_on())
        reply.audited.emplace_back().profile = by.profile->settings->name;
    return reply;
}

/// Takes the token back when it is bound to a proof that nobody checked (RFC 7800), or does not allow
/// what the client asks for.
void judge_request(question const& what, verdict& found, config::verify_profile const& by)
{
    refuse_if_bound(found);
    if (!found.token || by.access.rules.empty())
        return;
    auto const let = core::authorise(by.access, what.original, found.token->claims());
    if (!let)
        take_back(found, let.error());
}

/// Counts what the gateway is told, which may differ from the verdict on the token: so it is where a
/// rule refuses the request, and where a claim does not fit its header.
http::reply
answer(question const& what, verdict& found, verify_terms const& by, std::string_view token)
{
    auto const& profile = *by.profile->settings;
    judge_request(what, found, profile);
    auto const told = told_of(what, *by.seen);
    if (!found.token) {
        count(found, by, told);
        auto refused = refuse_token(found.token.error(), &profile);
        return noted(what.in.answer(std::move(refused)), found, by, token);
    }
    decision made{.how = decided::allowed, .by = &profile};
    std::string_view unfit;
    auto const claims = found.token->claims();
    if (auto mapped = mapped_headers(profile.headers, claims, unfit)) {
        made.mapped = std::move(*mapped);
        made.max_age = decision_age(profile, claims, what.here.shared.now());
    } else {
        made.how = decided::forbidden;
        made.why = mapped.error();
        take_back(found, mapped.error());
    }
    count(found, by, told, unfit);
    return noted(what.in.answer(std::move(made)), found, by, token);
}

/// Answers before there is a token that could be verified. A call that its gateway must not make, or
/// that does not say enough, is the gateway's fault, everything else its client's.
http::reply refuse(question const& what, verify_terms const& terms, decision how)
{
    bool const is_of_call =
        how.how == decided::ill_formed || how.why == core::errc::caller_forbidden;
    refusal line{
        is_of_call ? refusal::kind::caller : refusal::kind::token, how.why, what.call.request_id()};
    if (how.by != nullptr)
        line.subject = {refusal_subject::kind::verify_profile, how.by->name};
    auto const& peer = what.call.peer();
    if (is_of_call && peer.is_unix)
        line.uid = peer.uid;
    else if (is_of_call)
        line.peer = peer.address;
    told_of(what, *terms.seen).tell(line);
    return noted(what.in.answer(std::move(how)), terms);
}

/// Here the Authorization field is never a caller's: only the peer proves who calls.
request_costs costs_of(question const& what, snapshot const& seen, core::instant now)
{
    return service::costs_of(seen.callers->of_peer(what.call.peer(), now), seen.settings);
}

/// What the token is verified with; without a profile when the one that is asked for cannot be used.
verify_terms terms_of(question const& what)
{
    verify_terms terms{what.call.seen()};
    auto const& seen = *terms.seen;
    auto name = profile_in(what.in, what.call.path());
    if (name.empty())
        name = seen.settings.server.default_auth_profile;
    terms.profile = seen.profiles.find(name);
    if (terms.profile != nullptr && terms.profile->settings->mode != config::token_kind::jwt)
        terms.profile = nullptr;
    terms.memory = &what.here.memory;
    terms.has_waited = what.call.has_waited();
    return terms;
}

/// Whether this gateway may ask this, and what its client asked for.
///
/// Returns  nullopt = it may, and `what.original` is set.
std::optional<decision> refuse_call(question& what, verify_terms const& terms)
{
    auto const* const by = settings_of(terms);
    auto const& gateways = terms.seen->settings.server.trusted_proxies;
    if (what.in.tells_request && !is_trusted_gateway(what.call.peer(), gateways))
        return refuse_request(core::errc::caller_forbidden, by);
    bool const is_named = !profile_in(what.in, what.call.path()).empty();
    if (by == nullptr && !is_named)
        return refuse_token(core::errc::keys_unavailable, by);
    if (by == nullptr || !by->dialects_.contains(what.in.name))
        return refuse_request(core::errc::caller_forbidden, by);
    auto original = what.in.read(what.call);
    if (!original)
        return refuse_request(original.error(), by);
    what.original = *original;
    return std::nullopt;
}

/// Whether the request passes without a token: then nothing is said about who sent it.
std::optional<decision> allow_without_token(question const& what, config::verify_profile const& by)
{
    if (!by.access.reads_requests())
        return std::nullopt;
    auto const field = [&](std::string_view name) { return what.call.header(name).value_or(""); };
    auto const how = core::admit(
        by.access, what.original, field("Origin"), field("Access-Control-Request-Method")
    );
    if (how == core::admission::by_token)
        return std::nullopt;
    return decision{.how = decided::allowed, .by = &by, .mapped = empty_headers(by.headers)};
}

/// A question whose answer has to wait.
struct unfinished_question {
    question what;
    unfinished_token token;
};

/// Verifies the token as far as that needs no wait.
///
/// terms    moved from when the answer has to wait.
http::reply answer_by_token(
    question const& what, verify_terms& terms, std::string_view token,
    std::unique_ptr<unfinished_question>& rest
)
{
    auto const& seen = *terms.seen;
    auto& here = what.here;
    auto const now = here.shared.now();
    auto costs = costs_of(what, seen, now);
    costs.budget.hold_to(io_allowance);
    auto found =
        verify(terms, token, now, &here.operations, seen.counters, &costs.budget, &here.tokens);
    bool const is_held_up = costs.budget.is_held_up();
    costs.budget.release();
    if (is_held_up || found.missing) {
        rest = std::make_unique<unfinished_question>(unfinished_question{
            what, {std::move(terms), token, std::nullopt, costs}});
        if (!is_held_up)
            rest->token.found = std::move(found);
        return {};
    }
    return answer(what, found, terms, token);
}

/// What every request needs, in plain functions: a coroutine's frame would have to hold all of it.
///
/// rest     set when the answer has to wait; the reply is then to be ignored.
http::reply answer_at_once(question& what, std::unique_ptr<unfinished_question>& rest)
{
    auto terms = terms_of(what);
    if (auto refused = refuse_call(what, terms))
        return refuse(what, terms, std::move(*refused));
    auto const& profile = *terms.profile->settings;
    if (auto allowed = allow_without_token(what, profile))
        return noted(what.in.answer(std::move(*allowed)), terms);
    auto const token = token_of(what.call, what.original, profile.token_sources);
    if (!token) {
        bool const is_of_request = token.error() == core::errc::origin_forbidden;
        auto refused = is_of_request ? refuse_request(token.error(), &profile)
                                     : refuse_token(token.error(), &profile);
        return refuse(what, terms, std::move(refused));
    }
    return answer_by_token(what, terms, *token, rest);
}

asio::awaitable<http::reply> answer_later(std::unique_ptr<unfinished_question> rest)
{
    auto& token = rest->token;
    auto finishing = finish_verify(token, rest->what.here);
    auto found = co_await std::move(finishing);
    if (!found)
        co_return http::begin_again();
    co_return answer(rest->what, *found, token.terms, token.token);
}

http::pending_reply ask(gateway_dialect const& in, http::request const& call, worker& here)
{
    question what{in, call, here};
    std::unique_ptr<unfinished_question> rest;
    auto reply = answer_at_once(what, rest);
    if (rest)
        return answer_later(std::move(rest));
    return reply;
}

}  // namespace

http::pending_reply handle_auth(http::request const& request, worker& here)
{
    return ask(dialect_of(request.seen()->settings.server.default_auth_dialect), request, here);
}

http::pending_reply handle_auth_forward(http::request const& request, worker& here)
{
    return ask(forward_dialect, request, here);
}

http::pending_reply handle_auth_nginx(http::request const& request, worker& here)
{
    return ask(nginx_dialect, request, here);
}

http::pending_reply handle_auth_envoy(http::request const& request, worker& here)
{
    return ask(envoy_dialect, request, here);
}

}  // namespace service
