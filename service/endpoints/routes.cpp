#include "service/endpoints/routes.hpp"

#include "service/endpoints/development/places.hpp"
#include "service/endpoints/gateways/dialect.hpp"
#include "service/endpoints/published/places.hpp"
#include "service/http/kid_path.hpp"

#include <algorithm>
#include <array>

namespace service {

// Each is defined in the file of its name, and only declared here. Those that seldom wait are plain
// functions.
http::pending_reply handle_sign(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_sign_batch(http::request const& request, worker& here);
http::pending_reply handle_verify(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_verify_batch(http::request const& request, worker& here);
http::pending_reply handle_encrypt(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_decrypt(http::request const& request, worker& here);
http::pending_reply handle_inspect(http::request const& request, worker& here);
http::pending_reply handle_auth(http::request const& request, worker& here);
http::pending_reply handle_auth_forward(http::request const& request, worker& here);
http::pending_reply handle_auth_nginx(http::request const& request, worker& here);
http::pending_reply handle_auth_envoy(http::request const& request, worker& here);

asio::awaitable<http::reply> handle_jwks(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_jwks_of_series(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_discovery(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_openapi(http::request const& request, worker& here);

http::pending_reply handle_dev_sign(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_dev_rotate(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_dev_jwks(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_dev_discovery(http::request const& request, worker& here);

asio::awaitable<http::reply> handle_livez(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_readyz(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_healthz(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_metrics(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_version(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_keys(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_issuers(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_reload(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_rotate(http::request const& request, worker& here);
asio::awaitable<http::reply> handle_revoke(http::request const& request, worker& here);

namespace {

using config::endpoint;
using event = core::audit_event;
using http::body_class;
using http::place;
using http::route;

constexpr std::string_view get = "GET, HEAD";
constexpr std::string_view post = "POST";

bool signs_for_callers_only(config::settings const& with)
{
    return !with.inline_keys.sign;
}

bool encrypts_for_callers_only(config::settings const& with)
{
    return !with.inline_keys.encrypt;
}

bool decrypts_for_callers_only(config::settings const& with)
{
    return !with.inline_keys.decrypt;
}

/// Without any profile the answer is the same for everybody: there is none.
bool verifies_for_callers_only(config::settings const& with)
{
    auto const& profiles = with.verify_profiles;
    return !with.inline_keys.verify && !profiles.empty()
        && std::ranges::all_of(profiles, [](auto const& one) {
               return one.second.is_for_callers || !one.second.callers.empty();
           });
}

/// Every route of the service.
constexpr std::array routes{
    route{
        .path = "/auth",
        .methods = {},
        .handle = handle_auth,
        .endpoint = endpoint::auth,
        .reads_no_body = true,
        .any_origin = true,
        .audited = event::verify},
    route{
        .path = "/verify",
        .methods = post,
        .handle = handle_verify,
        .endpoint = endpoint::verify,
        .body = body_class::single,
        .audited = event::verify,
        .is_for_callers_only = verifies_for_callers_only},
    route{
        .path = "/sign",
        .methods = post,
        .handle = handle_sign,
        .endpoint = endpoint::sign,
        .body = body_class::single,
        .audited = event::sign,
        .is_for_callers_only = signs_for_callers_only},
    route{
        .path = "/verify/batch",
        .methods = post,
        .handle = http::as_coroutine<handle_verify_batch>,
        .endpoint = endpoint::verify,
        .body = body_class::batch,
        .audited = event::verify,
        .is_for_callers_only = verifies_for_callers_only},
    route{
        .path = "/sign/batch",
        .methods = post,
        .handle = http::as_coroutine<handle_sign_batch>,
        .endpoint = endpoint::sign,
        .body = body_class::batch,
        .audited = event::sign,
        .is_for_callers_only = signs_for_callers_only},
    route{
        .path = "/encrypt",
        .methods = post,
        .handle = handle_encrypt,
        .endpoint = endpoint::encrypt,
        .body = body_class::encryption,
        .audited = event::encrypt,
        .is_for_callers_only = encrypts_for_callers_only},
    route{
        .path = "/decrypt",
        .methods = post,
        .handle = http::as_coroutine<handle_decrypt>,
        .endpoint = endpoint::decrypt,
        .body = body_class::encryption,
        .audited = event::decrypt,
        .is_for_callers_only = decrypts_for_callers_only},
    route{
        .path = "/inspect",
        .methods = post,
        .handle = handle_inspect,
        .endpoint = endpoint::inspect,
        .body = body_class::single,
        .audited = event::inspect},
    route{
        .path = "/auth/forward",
        .methods = {},
        .handle = handle_auth_forward,
        .endpoint = endpoint::auth,
        .reads_no_body = true,
        .any_origin = true,
        .audited = event::verify},
    route{
        .path = "/auth/forward/{profile}",
        .methods = {},
        .handle = handle_auth_forward,
        .endpoint = endpoint::auth,
        .reads_no_body = true,
        .any_origin = true,
        .audited = event::verify,
        .is_also_at = is_forward_path},
    route{
        .path = "/auth/nginx",
        .methods = {},
        .handle = handle_auth_nginx,
        .endpoint = endpoint::auth,
        .reads_no_body = true,
        .any_origin = true,
        .audited = event::verify},
    route{
        .path = "/auth/nginx/{profile}",
        .methods = {},
        .handle = handle_auth_nginx,
        .endpoint = endpoint::auth,
        .reads_no_body = true,
        .any_origin = true,
        .audited = event::verify,
        .is_also_at = is_nginx_path},
    route{
        .path = "/auth/envoy/{profile}",
        .methods = {},
        .handle = handle_auth_envoy,
        .endpoint = endpoint::auth,
        .reads_no_body = true,
        .any_origin = true,
        .audited = event::verify,
        .is_also_at = is_envoy_path},
    route{
        .path = "/.well-known/jwks.json",
        .methods = get,
        .handle = http::as_coroutine<handle_jwks>,
        .endpoint = endpoint::jwks,
        .ignores_query = true,
        .any_origin = true,
        .is_also_at = published::is_jwks},
    route{
        .path = "/.well-known/jwks/{series}.json",
        .methods = get,
        .handle = http::as_coroutine<handle_jwks_of_series>,
        .endpoint = endpoint::jwks,
        .ignores_query = true,
        .any_origin = true,
        .is_also_at = published::is_jwks_of_series},
    route{
        .path = "/.well-known/openid-configuration",
        .methods = get,
        .handle = http::as_coroutine<handle_discovery>,
        .endpoint = endpoint::discovery,
        .ignores_query = true,
        .any_origin = true,
        .is_also_at = published::is_openid_configuration},
    route{
        .path = "/.well-known/oauth-authorization-server",
        .methods = get,
        .handle = http::as_coroutine<handle_discovery>,
        .endpoint = endpoint::discovery,
        .ignores_query = true,
        .any_origin = true,
        .is_also_at = published::is_oauth_metadata},
    route{
        .path = "/dev/{issuer}/sign",
        .methods = post,
        .handle = handle_dev_sign,
        .endpoint = endpoint::sign,
        .body = body_class::single,
        .audited = event::sign,
        .is_also_at = development::is_sign},
    route{
        .path = "/dev/{issuer}/rotate",
        .methods = post,
        .handle = http::as_coroutine<handle_dev_rotate>,
        .endpoint = endpoint::sign,
        .body = body_class::single,
        .audited = event::admin,
        .is_also_at = development::is_rotate},
    route{
        .path = "/dev/{issuer}/.well-known/jwks.json",
        .methods = get,
        .handle = http::as_coroutine<handle_dev_jwks>,
        .endpoint = endpoint::jwks,
        .ignores_query = true,
        .any_origin = true,
        .is_also_at = development::is_jwks},
    route{
        .path = "/dev/{issuer}/.well-known/openid-configuration",
        .methods = get,
        .handle = http::as_coroutine<handle_dev_discovery>,
        .endpoint = endpoint::discovery,
        .ignores_query = true,
        .any_origin = true,
        .is_also_at = development::is_openid_configuration},
    route{
        .path = "/dev/{issuer}/.well-known/oauth-authorization-server",
        .methods = get,
        .handle = http::as_coroutine<handle_dev_discovery>,
        .endpoint = endpoint::discovery,
        .ignores_query = true,
        .any_origin = true,
        .is_also_at = development::is_oauth_metadata},
    route{
        .path = "/openapi.yaml",
        .methods = get,
        .handle = http::as_coroutine<handle_openapi>,
        .place = place::data_and_admin,
        .ignores_query = true},
    route{
        .path = "/livez",
        .methods = get,
        .handle = http::as_coroutine<handle_livez>,
        .place = place::admin_and_probes,
        .query = "verbose",
        .any_origin = true},
    route{
        .path = "/readyz",
        .methods = get,
        .handle = http::as_coroutine<handle_readyz>,
        .place = place::admin_and_probes,
        .query = "verbose",
        .any_origin = true},
    route{
        .path = "/healthz",
        .methods = get,
        .handle = http::as_coroutine<handle_healthz>,
        .place = place::admin_and_probes,
        .query = "verbose",
        .any_origin = true},
    route{
        .path = "/metrics",
        .methods = get,
        .handle = http::as_coroutine<handle_metrics>,
        .place = place::admin_and_probes,
        .ignores_query = true,
        .any_origin = true},
    route{
        .path = "/version",
        .methods = get,
        .handle = http::as_coroutine<handle_version>,
        .place = place::admin,
        .audited = event::admin},
    route{
        .path = "/keys",
        .methods = get,
        .handle = http::as_coroutine<handle_keys>,
        .place = place::admin,
        .audited = event::admin},
    route{
        .path = "/issuers",
        .methods = get,
        .handle = http::as_coroutine<handle_issuers>,
        .place = place::admin,
        .audited = event::admin},
    route{
        .path = "/reload",
        .methods = post,
        .handle = http::as_coroutine<handle_reload>,
        .place = place::admin,
        .body = body_class::single,
        .audited = event::reload,
        .role = config::caller_role::admin},
    route{
        .path = "/keys/rotate",
        .methods = post,
        .handle = http::as_coroutine<handle_rotate>,
        .place = place::admin,
        .body = body_class::single,
        .audited = event::admin,
        .role = config::caller_role::admin},
    route{
        .path = "/keys/{kid}/revoke",
        .methods = post,
        .handle = http::as_coroutine<handle_revoke>,
        .place = place::admin,
        .body = body_class::single,
        .audited = event::admin,
        .is_done_unrecorded = true,
        .role = config::caller_role::admin,
        .is_also_at = http::is_kid_path},
};

}  // namespace

http::route_table all_routes() noexcept
{
    return routes;
}

}  // namespace service
