#include "core/jwt/claim_text.hpp"
#include "service/endpoints/gateways/bearer.hpp"
#include "service/http/route.hpp"
#include "service/issuers/registry.hpp"
#include "service/operations/nested.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/pool_operations.hpp"
#include "service/state/profiles.hpp"

namespace service {
namespace {

/// Every mapped header, always present, so that a caller's own header of that name cannot pass
/// through a gateway that copies ours. Fails when a claim cannot be said in a header.
bool add_headers(
    ready_profile const& profile, core::verified_token const& token, http::reply& reply
)
{
    for (auto const& mapping : profile.settings->headers) {
        std::string text;
        if (auto const claim = core::find_claim(token.claims(), mapping.claim)) {
            auto said = core::claim_text(*claim, mapping.base64url);
            if (!said)
                return false;
            text = std::move(*said);
        }
        reply.headers.emplace_back(mapping.header, std::move(text));
    }
    return true;
}

/// The token, or what is nested in it.
core::result<core::verified_token> verify_unwrapped(
    std::string_view token, ready_profile const& profile, shared_state& shared,
    core::crypto::operation_cache& kept, core::verify_trace& trace
)
{
    auto const inner = unwrap(profile, token, shared.settings.limits, shared.metrics);
    if (!inner)
        return inner.error();
    if (*inner)
        token = core::as_text((*inner)->token.view());
    return core::verify(token, profile.policy(), shared.now(), &kept, &trace);
}

/// Counts the outcome, unless the token lacks a key that may come (`missing`, when it is not null).
core::result<core::verified_token> verify_bearer(
    std::string_view token, ready_profile const& profile, shared_state& shared,
    core::crypto::operation_cache& kept, std::optional<missing_key>* missing
)
{
    core::verify_trace trace;
    auto const started = std::chrono::steady_clock::now();
    auto verified = verify_unwrapped(token, profile, shared, kept, trace);
    if (missing != nullptr && !verified && trace.lacks_key) {
        *missing = missing_key{profile.issuer_sources[*trace.issuer], std::move(trace.kid)};
        return verified;
    }
    if (verified && profile.issuer_is_stale[*trace.issuer])
        shared.metrics.count_stale_served(profile.issuer_metrics[*trace.issuer]);
    if (verified && verified->claims().find("cnf"))  // bound to a proof that nobody checked
        verified =
            core::failure::of_claim(core::errc::claim_invalid, "cnf", core::fault::check_failed);
    shared.metrics.count_verify(
        profile.metric, trace.issuer ? profile.issuer_metrics[*trace.issuer] : metrics::other,
        verified ? outcome{} : outcome{verified.error().code}
    );
    if (verified)
        shared.metrics.time_verify(
            verified->algorithm(), std::chrono::steady_clock::now() - started
        );
    return verified;
}

http::reply reply_to(ready_profile const& profile, core::result<core::verified_token> const& token)
{
    if (!token)
        return bearer_challenge(token.error());
    http::reply reply;
    reply.content_type = "";
    if (add_headers(profile, *token, reply))
        return reply;
    http::reply refusal;
    refusal.status = 403;
    refusal.content_type = "";
    refusal.code = core::to_string(core::errc::claim_invalid);
    return refusal;
}

http::reply answer(
    std::string_view bearer, ready_profile const& profile, shared_state& shared,
    core::crypto::operation_cache& kept, std::optional<missing_key>* missing
)
{
    return reply_to(profile, verify_bearer(bearer, profile, shared, kept, missing));
}

/// For what would hold the I/O thread. The views stand until the answer does.
asio::awaitable<http::reply> answer_on_pool(
    std::string_view bearer, ready_profile const& profile, shared_state& shared,
    std::optional<missing_key>* missing
)
{
    auto work = [bearer, &profile, &shared, missing] {
        return answer(bearer, profile, shared, pool_operations(), missing);
    };
    co_return co_await run_on(shared.cpu, std::move(work));
}

}  // namespace

asio::awaitable<http::reply> handle_auth(http::request const& request, worker& here)
{
    auto seen = here.current();
    auto const* profile = seen->profiles.find(here.shared.settings.server.default_auth_profile);
    if (profile == nullptr || profile->settings->mode != config::token_kind::jwt)
        co_return bearer_challenge(core::errc::keys_unavailable);
    auto const bearer = bearer_token(request);
    if (!bearer)
        co_return bearer_challenge(bearer.error());
    auto& shared = here.shared;
    std::optional<missing_key> missing;
    http::reply reply;
    if (unwraps_dearly(*profile, *bearer))
        reply = co_await answer_on_pool(*bearer, *profile, shared, &missing);
    else  // no coroutine of its own for what every request does
        reply = answer(*bearer, *profile, shared, here.operations, &missing);
    if (!missing)
        co_return reply;
    co_await shared.issuers.wait_for(*missing);
    seen = here.current();
    profile = seen->profiles.find(shared.settings.server.default_auth_profile);
    co_return co_await answer_on_pool(*bearer, *profile, shared, nullptr);
}

}  // namespace service
