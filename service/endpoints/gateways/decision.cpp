#include "service/endpoints/gateways/decision.hpp"

namespace service {
namespace {

bool lacks_scope(core::failure const& why)
{
    return why.code == core::errc::scope_insufficient
        || (why.code == core::errc::claim_missing && why.claim == "scope");
}

std::string challenge_of(decision const& what)
{
    std::string challenge = "Bearer realm=\"";
    challenge.append(what.by != nullptr ? std::string_view(what.by->realm) : "signet").append("\"");
    auto const code = what.why.code;
    if (lacks_scope(what.why))
        challenge += ", error=\"insufficient_scope\"";
    else if (what.how != decided::unauthorised || code == core::errc::caller_unauthenticated)
        return challenge;
    else if (code == core::errc::request_invalid)
        challenge += ", error=\"invalid_request\"";
    else
        challenge.append(", error=\"invalid_token\", error_description=\"")
            .append(core::to_string(code))
            .append("\"");
    return challenge;
}

http::reply allow(decision&& what)
{
    http::reply reply;
    reply.content_type = "";
    reply.headers = std::move(what.mapped);
    if (what.max_age.count() > 0) {
        reply.cacheable = true;
        reply.headers.add(
            "Cache-Control", "private, max-age=" + std::to_string(what.max_age.count())
        );
        // RFC 9110 section 12.5.5: a cache must not use it for a request with another token
        reply.headers.add("Vary", "Authorization");
    }
    return reply;
}

unsigned status_of(decided how, decision_statuses const& with)
{
    switch (how) {
    case decided::allowed: return 200;
    case decided::unauthorised: return with.unauthorised;
    case decided::forbidden: return with.forbidden;
    case decided::ill_formed: return with.ill_formed;
    case decided::undecided: return with.undecided;
    }
    return with.undecided;
}

}  // namespace

decision refuse_token(core::failure why, config::verify_profile const* by)
{
    auto how = decided::unauthorised;
    if (core::cannot_decide(why.code))
        how = decided::undecided;
    else if (lacks_scope(why) || http::status_of(why.code, context::auth) == 403)
        how = decided::forbidden;
    return {how, std::move(why), by};
}

decision refuse_request(core::failure why, config::verify_profile const* by)
{
    bool const is_ill_formed = why.code == core::errc::request_invalid;
    return {is_ill_formed ? decided::ill_formed : decided::forbidden, std::move(why), by};
}

http::reply reply_of(decision what, decision_statuses const& with)
{
    if (what.how == decided::allowed)
        return allow(std::move(what));
    http::reply reply;
    reply.status = status_of(what.how, with);
    reply.code = core::to_string(what.why.code);
    reply.content_type = "";
    // RFC 9110 section 10.2.3: "how long the service is expected to be unavailable"
    if (what.why.code == core::errc::overloaded)
        reply.headers.add("Retry-After", "1");
    // RFC 9110 section 15.5.2: "The server generating a 401 response MUST send a WWW-Authenticate"
    if (reply.status == 401 || lacks_scope(what.why))
        reply.headers.add("WWW-Authenticate", challenge_of(what));
    return reply;
}

}  // namespace service
