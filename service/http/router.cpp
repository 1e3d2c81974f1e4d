#include "service/http/router.hpp"

#include "core/base/ascii.hpp"
#include "core/base/media_type.hpp"
#include "service/app/app.hpp"
#include "service/callers/caller_auth.hpp"
#include "service/http/origin.hpp"
#include "service/observe/log.hpp"

#include <array>

namespace service::http {

namespace {

using config::endpoint;
using core::errc;
using core::failure;

constexpr std::string_view get = "GET, HEAD";
constexpr std::string_view post = "POST";

/// Every route there is.
constexpr std::array routes{
    route{
        .path = "/auth",
        .methods = {},
        .handle = handle_auth,
        .endpoint = endpoint::auth,
        .reads_no_body = true,
        .any_origin = true},
    route{
        .path = "/verify",
        .methods = post,
        .handle = handle_verify,
        .endpoint = endpoint::verify,
        .body = body_class::single},
    route{
        .path = "/sign",
        .methods = post,
        .handle = handle_sign,
        .endpoint = endpoint::sign,
        .body = body_class::single},
    route{
        .path = "/verify/batch",
        .methods = post,
        .handle = handle_verify_batch,
        .endpoint = endpoint::verify,
        .body = body_class::batch},
    route{
        .path = "/sign/batch",
        .methods = post,
        .handle = handle_sign_batch,
        .endpoint = endpoint::sign,
        .body = body_class::batch},
    route{
        .path = "/encrypt",
        .methods = post,
        .handle = handle_encrypt,
        .endpoint = endpoint::encrypt,
        .body = body_class::encryption},
    route{
        .path = "/decrypt",
        .methods = post,
        .handle = handle_decrypt,
        .endpoint = endpoint::decrypt,
        .body = body_class::encryption},
    route{
        .path = "/inspect",
        .methods = post,
        .handle = handle_inspect,
        .endpoint = endpoint::inspect,
        .body = body_class::single},
    route{
        .path = "/.well-known/jwks.json",
        .methods = get,
        .handle = handle_jwks,
        .endpoint = endpoint::jwks,
        .any_origin = true},
    route{
        .path = "/.well-known/openid-configuration",
        .methods = get,
        .handle = handle_discovery,
        .endpoint = endpoint::discovery,
        .any_origin = true},
    route{
        .path = "/.well-known/oauth-authorization-server",
        .methods = get,
        .handle = handle_discovery,
        .endpoint = endpoint::discovery,
        .any_origin = true},
    route{
        .path = "/openapi.yaml",
        .methods = get,
        .handle = handle_openapi,
        .place = place::data_and_admin},
    route{
        .path = "/livez",
        .methods = get,
        .handle = handle_livez,
        .place = place::admin_and_probes,
        .query = "verbose",
        .any_origin = true},
    route{
        .path = "/readyz",
        .methods = get,
        .handle = handle_readyz,
        .place = place::admin_and_probes,
        .query = "verbose",
        .any_origin = true},
    route{
        .path = "/healthz",
        .methods = get,
        .handle = handle_healthz,
        .place = place::admin_and_probes,
        .query = "verbose",
        .any_origin = true},
    route{
        .path = "/metrics",
        .methods = get,
        .handle = handle_metrics,
        .place = place::admin_and_probes,
        .any_origin = true},
    route{.path = "/version", .methods = get, .handle = handle_version, .place = place::admin},
    route{.path = "/keys", .methods = get, .handle = handle_keys, .place = place::admin},
    route{.path = "/issuers", .methods = get, .handle = handle_issuers, .place = place::admin},
};

bool is_open(route const& one, listen_point const& at)
{
    switch (one.place) {
    case place::data: return at.role == role::data && at.settings.endpoints.contains(*one.endpoint);
    case place::data_and_admin: return at.role != role::probes;
    case place::admin: return at.role == role::admin;
    case place::admin_and_probes: return at.role != role::data;
    }
    return false;
}

/// The whole path decides, before anything else is looked at.
route const* find_route(std::string_view path, listen_point const& at)
{
    for (auto const& one : routes) {
        if (path == one.path)
            return is_open(one, at) ? &one : nullptr;
    }
    return nullptr;
}

bool has_method(std::string_view methods, std::string_view method)
{
    while (!methods.empty()) {
        auto const comma = std::min(methods.find(", "), methods.size());
        if (methods.substr(0, comma) == method)
            return true;
        methods.remove_prefix(std::min(comma + 2, methods.size()));
    }
    return false;
}

bool is_known_query(std::string_view query, std::string_view known)
{
    if (query.empty())
        return true;
    return !known.empty() && query.substr(0, query.find('=')) == known
        && query.find('&') == std::string_view::npos;
}

/// application/json, at most with charset=utf-8. RFC 9110 section 8.3.1
bool is_json_type(std::string_view type)
{
    auto const semicolon = std::min(type.find(';'), type.size());
    if (!core::same_media_type(
            core::trimmed(type.substr(0, semicolon), core::http_space), "application/json"
        ))
        return false;
    auto const parameter =
        core::trimmed(type.substr(std::min(semicolon + 1, type.size())), core::http_space);
    return parameter.empty() || core::equal_without_case(parameter, "charset=utf-8")
        || core::equal_without_case(parameter, "charset=\"utf-8\"");
}

std::optional<failure> check_media_type(raw_head const& head)
{
    std::size_t types = 0;
    bool is_json = false;
    for (auto const& one : head.fields) {
        if (core::equal_without_case(one.name, "Content-Encoding"))
            return failure::of(errc::media_type_unsupported, "Content-Encoding is not supported.");
        if (core::equal_without_case(one.name, "Content-Type")) {
            ++types;
            is_json = is_json_type(one.value);
        }
    }
    if (types != 1 || !is_json)
        return failure::of(
            errc::media_type_unsupported, "The Content-Type must be application/json."
        );
    return std::nullopt;
}

/// Where strangers have nothing to ask, they are refused before their body takes memory.
bool is_stranger_to(
    route const& to, raw_head const& head, peer const& from, config::settings const& with
)
{
    if (!to.endpoint || to.body == body_class::none || !is_for_callers_only(*to.endpoint, with))
        return false;
    request::parts seen;
    seen.fields = head.fields;
    seen.peer = &from;
    return !is_known_caller(request(seen), with);
}

std::optional<failure> check_head(
    route const& to, raw_head const& head, peer const& from, listen_point const& at,
    config::settings const& with
)
{
    if (!to.methods.empty() && !has_method(to.methods, head.method))
        return errc::method_not_allowed;
    if (!to.any_origin && is_foreign(head, at.settings.address, with.server.hosts))
        return errc::origin_forbidden;
    if (to.reads_no_body)
        return std::nullopt;
    if (is_stranger_to(to, head, from, with))
        return errc::caller_unauthenticated;
    if (to.path != "/metrics" && !is_known_query(head.query, to.query))
        return failure::of(errc::request_invalid, "There is a query parameter that is not known.");
    if (to.body != body_class::none)
        if (auto problem = check_media_type(head))
            return problem;
    if (head.content_length.value_or(0) > body_bytes_max(to, with.limits))
        return errc::body_too_large;
    return std::nullopt;
}

/// Outside the coroutine: GCC 12 and aggregates.
reply internal_problem(request const& from, std::string_view route_path, char const* what)
{
    log_error(
        "handler_failed", {{"route", route_path}, {"request_id", from.request_id()}, {"what", what}}
    );
    return problem(errc::internal, from);
}

}  // namespace

std::uint64_t body_bytes_max(route const& to, config::limit_settings const& limits) noexcept
{
    switch (to.body) {
    case body_class::none: return 0;
    case body_class::single: return limits.body_bytes;
    case body_class::batch: return limits.batch_body_bytes;
    case body_class::encryption: return limits.encryption_body_bytes;
    }
    return 0;
}

admission admit(
    raw_head const& head, peer const& from, listen_point const& at, config::settings const& settings
)
{
    auto const* const to = find_route(head.path, at);
    if (head.authorizations > 1 && (to == nullptr || !to->reads_no_body))
        return {to, failure::of(errc::request_invalid, "Authorization stands there twice."), true};
    if (to == nullptr)
        return {nullptr, errc::not_found};
    return {to, check_head(*to, head, from, at, settings)};
}

reply refusal(admission const& why, request const& to)
{
    auto answer = problem(*why.refused, to);
    if (why.refused->code == errc::method_not_allowed)
        answer.headers.emplace_back("Allow", why.to->methods);
    return answer;
}

asio::awaitable<reply> dispatch(route const& to, request const& from, worker& here)
{
    std::string what;
    try {
        co_return co_await to.handle(from, here);
    } catch (std::exception const& problem) {
        what = problem.what();
    }
    co_return internal_problem(from, to.path, what.c_str());
}

std::vector<std::string_view> route_names()
{
    std::vector<std::string_view> names{"other"};
    for (auto const& one : routes)
        names.push_back(one.path);
    return names;
}

unsigned route_index(route const* one) noexcept
{
    return one == nullptr ? 0 : static_cast<unsigned>(one - routes.data()) + 1;
}

}  // namespace service::http
