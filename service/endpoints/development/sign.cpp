#include "core/algorithms/work_costs.hpp"
#include "core/crypto/providers.hpp"
#include "core/jws/make_jws.hpp"
#include "service/endpoints/development/places.hpp"
#include "service/http/route.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/claims_reader.hpp"
#include "service/operations/mock_token.hpp"
#include "service/operations/request_costs.hpp"

namespace service {

namespace {

struct made_token {
    std::string text, kid, jti;
};

core::work cost_of(core::signature_algorithm const& row, std::size_t octets)
{
    auto const by = core::crypto::provider_of(row, core::key_family::p256);
    return core::costs::of_reading(octets)
        + core::costs::of_signing(row, core::key_family::p256, 256, octets, by);
}

core::result<made_token> make_token(
    mock_token const& what, dev_issuers const& issuers, std::string_view name,
    core::work_budget& budget, core::instant now
)
{
    auto const issuer = issuers.find(name);
    if (!issuer)
        return core::errc::not_found;
    auto key = issuers.key_of(name, what.kid, what.fault == token_fault::wrong_key);
    if (!key)
        return key.error();
    made_token made{.text = {}, .kid = key->kid, .jti = fresh_jti()};
    auto const claims = claims_of(what, issuer->issuer, made.jti, now);
    auto const header = header_of(what, made.kid);
    auto const* const row = core::find_signature_algorithm("ES256");
    if (!budget.charge(cost_of(*row, claims.size() + header.size())))
        return core::errc::work_exceeded;
    auto const signer = core::crypto::make_signer(key->material, *row);
    if (!signer)
        return signer.error();
    core::jws_signing const by{.protected_header = header, .with = signer->get()};
    auto token =
        core::make_jws(by, core::as_bytes(claims), core::serialization::compact, true, false);
    if (!token)
        return token.error();
    made.text = std::move(*token);
    if (auto const own = what.claims.find("jti"))
        made.jti = own->string();
    return made;
}

http::reply reply_with(made_token const& made, std::string_view issuer)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object().member("token", made.text).member("kid", made.kid);
    out.member("alg", "ES256").end_object();
    auto answer = http::json_reply(std::move(text));
    auto& note = answer.audited.emplace_back();
    note.issuer = issuer;
    note.kid = made.kid;
    note.alg = "ES256";
    note.jti = made.jti;
    core::note_token(note, made.text);
    return answer;
}

}  // namespace

/// A token of a development issuer: the claims that its caller wants, and a fault on request.
http::pending_reply handle_dev_sign(http::request const& request, worker& here)
{
    auto const* const issuers = here.shared.development();
    if (issuers == nullptr)
        return http::problem(core::errc::not_found, request);
    auto const& settings = request.seen()->settings;
    auto costs = costs_of(request.who(), settings);
    auto const body = parse_body(request.body(), settings.limits, &costs.budget);
    if (!body)
        return http::problem(body.error(), request);
    auto const what = read_mock_token(body->root());
    if (!what)
        return http::problem(what.error(), request);
    auto const name = development::name_in(request.path());
    auto const made = make_token(*what, *issuers, name, costs.budget, here.shared.now());
    if (!made)
        return http::problem(made.error(), request, context::sign);
    if (made->text.size() > settings.limits.token_bytes)
        return http::problem(core::errc::token_too_large, request, context::sign);
    return reply_with(*made, name);
}

}  // namespace service
