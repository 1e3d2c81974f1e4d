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
    std::string text, kid, alg;
    std::string jti;                         // empty = the caller's is no text
    std::optional<std::int64_t> expires_at;  // nullopt = the caller's exp is no whole number
};

core::work
cost_of(core::signature_algorithm const& row, core::crypto::key const& with, std::size_t octets)
{
    auto const by = core::crypto::provider_of(row, with.family());
    return core::costs::of_reading(octets)
        + core::costs::of_signing(row, with.family(), with.bits(), octets, by);
}

core::result<made_token> make_token(
    mock_token const& what, dev_issuers const& issuers, std::string_view name,
    core::work_budget& budget, core::instant now
)
{
    auto key = issuers.key_of(name, what.kid, what.fault == token_fault::wrong_key);
    if (!key)
        return key.error();
    made_token made{
        .text = {},
        .kid = key->kid,
        .alg = key->alg,
        .jti = fresh_jti(),
        .expires_at = expiry_of(what, now)};
    auto const claims = claims_of(what, key->issuer, made.jti, now);
    auto const header = header_of(what, made.kid, made.alg);
    auto const* const row = core::find_signature_algorithm(made.alg);
    if (!budget.charge(cost_of(*row, *key->material, claims.size() + header.size())))
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
        made.jti = own->is_string() ? own->string() : std::string_view();
    return made;
}

http::reply reply_with(made_token const& made, std::string_view issuer)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object().member("token", made.text).member("kid", made.kid);
    out.member("alg", made.alg);
    if (made.expires_at)
        out.member("expires_at", *made.expires_at);
    if (!made.jti.empty())
        out.member("jti", made.jti);
    out.end_object();
    auto answer = http::json_reply(std::move(text));
    auto& note = answer.audited.emplace_back();
    note.issuer = issuer;
    note.kid = made.kid;
    note.alg = made.alg;
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
