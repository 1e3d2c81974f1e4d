#include "core/json/json.hpp"
#include "service/endpoints/development/places.hpp"
#include "service/http/route.hpp"

namespace service {

namespace {

using published = dev_issuers::published;

std::optional<published> find(http::request const& request, worker& here)
{
    auto const* const issuers = here.shared.development();
    return issuers == nullptr ? std::nullopt : issuers->find(development::name_in(request.path()));
}

/// Everybody reads it, and nobody keeps it: a test that rotates sees the new set at once.
http::reply open_reply(std::string body, std::string_view content_type)
{
    auto answer = http::json_reply(std::move(body));
    answer.content_type = content_type;
    answer.headers.add("Access-Control-Allow-Origin", "*");
    return answer;
}

std::string document_of(published const& what)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object();
    out.member("issuer", what.issuer);
    out.member("jwks_uri", what.issuer + "/.well-known/jwks.json");
    out.name("response_types_supported").begin_array().string("id_token").end_array();
    out.name("subject_types_supported").begin_array().string("public").end_array();
    out.name("id_token_signing_alg_values_supported").begin_array().string(what.alg).end_array();
    out.end_object();
    return text;
}

}  // namespace

asio::awaitable<http::reply> handle_dev_jwks(http::request const& request, worker& here)
{
    auto found = find(request, here);
    if (!found)
        co_return http::problem(core::errc::not_found, request);
    co_return open_reply(std::move(found->jwks), "application/jwk-set+json");
}

asio::awaitable<http::reply> handle_dev_discovery(http::request const& request, worker& here)
{
    auto const found = find(request, here);
    if (!found)
        co_return http::problem(core::errc::not_found, request);
    co_return open_reply(document_of(*found), "application/json");
}

}  // namespace service
