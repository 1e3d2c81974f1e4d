#include "core/json/json.hpp"
#include "service/http/route.hpp"

#include <set>

namespace service {

namespace {

/// The algorithms that we sign JWTs with and publish; without those that only sign payloads.
std::set<std::string> signing_algorithms(config::settings const& from)
{
    std::set<std::string> names;
    for (auto const& one : from.keys)
        if (one.in_jwks && one.key.use != core::key_use::enc
            && one.key.material->family() != core::key_family::secret
            && !config::signs_payloads(from, one.series))
            names.insert(one.key.alg);
    return names;
}

/// OpenID Connect Discovery 1.0 section 3 and RFC 8414 section 2, as far as they apply to an issuer
/// without an authorization endpoint. Made only from the configuration, never from Host.
std::string discovery_document(config::settings const& from)
{
    auto const base =
        std::string_view(from.issuer).substr(0, from.issuer.find_last_not_of('/') + 1);
    std::string text;
    core::json::writer out(text);
    out.begin_object();
    out.member("issuer", from.issuer);
    out.member("jwks_uri", std::string(base) + "/.well-known/jwks.json");
    out.name("response_types_supported").begin_array().end_array();
    out.name("grant_types_supported").begin_array().end_array();
    out.name("subject_types_supported").begin_array().string("public").end_array();
    out.name("id_token_signing_alg_values_supported").begin_array();
    for (auto const& name : signing_algorithms(from))
        out.string(name);
    out.end_array().end_object();
    return text;
}

bool is_url(std::string_view issuer)
{
    return issuer.starts_with("https://") || issuer.starts_with("http://");
}

}  // namespace

asio::awaitable<http::reply> handle_discovery(http::request const& request, worker& here)
{
    auto const& settings = here.shared.settings;
    if (!is_url(settings.issuer))
        co_return http::problem(core::errc::not_found, request);
    auto answer = http::json_reply(discovery_document(settings));
    answer.cacheable = true;
    answer.headers.emplace_back("Cache-Control", "public, max-age=300");
    answer.headers.emplace_back("Access-Control-Allow-Origin", "*");
    co_return answer;
}

}  // namespace service
