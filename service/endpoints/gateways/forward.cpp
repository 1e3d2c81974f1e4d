#include "service/endpoints/gateways/dialect.hpp"
#include "service/endpoints/gateways/metadata.hpp"

/// Traefik's ForwardAuth, Caddy's forward_auth, APISIX's forward-auth, HAProxy's scripts: the
/// request is in X-Forwarded-Method, -Proto, -Host and -Uri, whatever method and path the call has.
/// They hand any status on to the client.
namespace service {
namespace {

constexpr std::string_view method_field = "X-Forwarded-Method", scheme_field = "X-Forwarded-Proto",
                           host_field = "X-Forwarded-Host", target_field = "X-Forwarded-Uri";

/// Reads a field with one of the functions of metadata.hpp.
core::result<void> read_by(
    core::result<void> (*reads)(std::string_view, std::string_view, core::original_request&),
    std::string_view name, http::request const& call, core::original_request& into
)
{
    auto const value = only_field(call, name);
    if (!value)
        return value.error();
    return reads(*value, name, into);
}

core::result<core::original_request> read(http::request const& call)
{
    core::original_request original;
    if (auto done = read_by(read_method, method_field, call, original); !done)
        return done.error();
    if (auto done = read_by(read_scheme, scheme_field, call, original); !done)
        return done.error();
    if (auto done = read_by(read_host, host_field, call, original); !done)
        return done.error();
    auto const target = only_field(call, target_field);
    if (!target)
        return target.error();
    if (auto done = core::read_target(*target, original); !done)
        return done.error();
    return original;
}

http::reply answer(decision what)
{
    return reply_of(std::move(what));
}

}  // namespace

constinit gateway_dialect const forward_dialect{
    config::dialect::forward, "/auth/forward", true, read, answer};

}  // namespace service
