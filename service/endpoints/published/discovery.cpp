#include "config/values/own_issuer.hpp"
#include "core/json/json.hpp"
#include "service/http/route.hpp"

#include <set>

namespace service {

namespace {

/// The algorithms of JWTs whose keys are at jwks_uri: not those that only sign payloads, nor those
/// of a series with a set of its own.
std::set<std::string> signing_algorithms(config::settings const& from)
{
    std::set<std::string> names;
    for (auto const& one : from.keys)
        if (one.in_jwks && !one.is_apart && one.key.use != core::key_use::enc
            && one.key.material->family() != core::key_family::secret
            && !config::signs_payloads(from, one.series))
            names.insert(one.key.alg);
    return names;
}

/// OpenID Connect Discovery 1.0 section 3 and RFC 8414 section 2, as far as they apply to an issuer
/// without an authorization endpoint. Made only from the configuration, never from Host.
std::string discovery_document(config::settings const& from)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object();
    out.member("issuer", from.issuer);
    out.member(
        "jwks_uri", std::string(config::base_of_issuer(from.issuer)) + "/.well-known/jwks.json"
    );
    out.name("response_types_supported").begin_array().string("id_token").end_array();
    out.name("subject_types_supported").begin_array().string("public").end_array();
    // RFC 8414 section 3.2: "Claims with zero elements MUST be omitted from the response"
    if (auto const names = signing_algorithms(from); !names.empty()) {
        out.name("id_token_signing_alg_values_supported").begin_array();
        for (auto const& name : names)
            out.string(name);
        out.end_array();
    }
    out.end_object();
    return text;
}

}  // namespace

asio::awaitable<http::reply> handle_discovery(http::request const& request, worker&)
{
    auto const& settings = request.seen()->settings;
    if (!config::has_metadata(settings.issuer))
        co_return http::problem(core::errc::not_found, request);
    auto answer = http::json_reply(discovery_document(settings));
    answer.cacheable = true;
    answer.headers.add("Cache-Control", "public, max-age=300");
    answer.headers.add("Access-Control-Allow-Origin", "*");
    co_return answer;
}

}  // namespace service
