#include "core/jwt/claim_text.hpp"
#include "service/endpoints/gateways/bearer.hpp"
#include "service/http/route.hpp"
#include "service/operations/verify.hpp"

#include <memory>

namespace service {
namespace {

/// Adds every mapped header, always, so that a caller's own header of that name cannot pass through
/// a gateway that copies ours.
/// Errors   claim_invalid: a claim cannot be written into a header.
core::result<http::reply>
mapped_headers(ready_profile const& profile, core::verified_token const& token)
{
    http::reply reply;
    reply.content_type = "";
    for (auto const& mapping : profile.settings->headers) {
        std::string text;
        if (auto const claim = core::find_claim(token.claims(), mapping.claim)) {
            auto said = core::claim_text(*claim, mapping.base64url);
            if (!said)
                return core::errc::claim_invalid;
            text = std::move(*said);
        }
        reply.headers.emplace_back(mapping.header, std::move(text));
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

/// Counts what the gateway is told, which may differ from the verdict: a token that is bound to a
/// proof that nobody checked (RFC 7800) is refused, and so is one whose claims do not fit headers.
http::reply answer(verdict& found, verify_terms const& by, metrics& counters)
{
    if (found.token && found.token->claims().find("cnf"))
        found.token =
            core::failure::of_claim(core::errc::claim_invalid, "cnf", core::fault::check_failed);
    if (!found.token) {
        count(found, by, counters);
        return bearer_challenge(found.token.error());
    }
    auto mapped = mapped_headers(*by.profile, *found.token);
    if (!mapped)
        found.token = mapped.error();
    count(found, by, counters);
    return mapped ? std::move(*mapped) : unmappable();
}

/// A token that could not be answered at once: it is expensive, or a key is missing.
struct unanswered {
    verify_terms terms;
    std::string_view token;        ///< in the request
    std::optional<verdict> found;  ///< with a key missing; nullopt = it was not looked at yet
};

/// What every request needs, in a plain function: a coroutine's frame would have to hold all of it.
///
/// rest     set when the answer has to wait; the reply is then to be ignored.
http::reply
answer_at_once(http::request const& request, worker& here, std::unique_ptr<unanswered>& rest)
{
    auto& shared = here.shared;
    verify_terms terms{here.current()};
    terms.profile = terms.seen->profiles.find(shared.settings.server.default_auth_profile);
    if (terms.profile == nullptr || terms.profile->settings->mode != config::token_kind::jwt)
        return bearer_challenge(core::errc::keys_unavailable);
    auto const token = bearer_token(request);
    if (!token)
        return bearer_challenge(token.error());
    if (is_expensive(terms, *token)) {
        rest = std::make_unique<unanswered>(unanswered{std::move(terms), *token, std::nullopt});
        return {};
    }
    auto found = verify(terms, *token, shared.now(), &here.operations, shared.metrics);
    if (found.missing) {
        rest = std::make_unique<unanswered>(unanswered{std::move(terms), *token, std::move(found)});
        return {};
    }
    return answer(found, terms, shared.metrics);
}

asio::awaitable<http::reply> answer_later(unanswered& what, worker& here)
{
    auto& terms = what.terms;
    auto& shared = here.shared;
    verdict found;
    if (what.found)
        found = std::move(*what.found);
    else
        found = co_await verify_on_pool(terms, what.token, shared);
    if (found.missing)
        found = co_await verify_after_fetch(terms, what.token, std::move(found), here);
    co_return answer(found, terms, shared.metrics);
}

}  // namespace

asio::awaitable<http::reply> handle_auth(http::request const& request, worker& here)
{
    std::unique_ptr<unanswered> rest;
    auto reply = answer_at_once(request, here, rest);
    if (rest)
        reply = co_await answer_later(*rest, here);
    co_return reply;
}

}  // namespace service
