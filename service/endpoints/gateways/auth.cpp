#include "core/jwt/claim_text.hpp"
#include "service/endpoints/gateways/bearer.hpp"
#include "service/http/route.hpp"
#include "service/operations/verify.hpp"

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
http::reply answer(verdict found, verify_terms const& by, metrics& counters)
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

}  // namespace

asio::awaitable<http::reply> handle_auth(http::request const& request, worker& here)
{
    auto& shared = here.shared;
    verify_terms terms{here.current()};
    terms.profile = terms.seen->profiles.find(shared.settings.server.default_auth_profile);
    if (terms.profile == nullptr || terms.profile->settings->mode != config::token_kind::jwt)
        co_return bearer_challenge(core::errc::keys_unavailable);
    auto const bearer = bearer_token(request);
    if (!bearer)
        co_return bearer_challenge(bearer.error());
    verdict found;
    if (is_expensive(terms, *bearer))
        found = co_await verify_on_pool(terms, *bearer, shared);
    else  // without its own coroutine, because every request comes here
        found = verify(terms, *bearer, shared.now(), &here.operations, shared.metrics);
    if (found.missing)
        found = co_await verify_after_fetch(terms, *bearer, *found.missing, here);
    co_return answer(std::move(found), terms, shared.metrics);
}

}  // namespace service
