#include "service/endpoints/gateways/dialect.hpp"
#include "service/endpoints/gateways/metadata.hpp"

#include <algorithm>

/// Envoy's ext_authz over HTTP, and the ExternalAuth filter of the Gateway API: the call has the
/// method, host, path and query of the request, the path after a prefix. Any 5xx counts as a failure
/// of ours, for which Envoy can be told to let requests pass, so that no refusal is one.
namespace service {
namespace {

constexpr std::string_view scheme_field = "X-Forwarded-Proto", host_field = "Host";

core::result<core::original_request> read(http::request const& call)
{
    core::original_request original;
    if (auto done = read_method(call.method(), "method", original); !done)
        return done.error();
    auto const scheme = only_field(call, scheme_field);
    if (!scheme)
        return scheme.error();
    if (auto done = read_scheme(*scheme, scheme_field, original); !done)
        return done.error();
    auto const host = only_field(call, host_field);
    if (!host)
        return host.error();
    if (auto done = read_host(*host, host_field, original); !done)
        return done.error();
    auto const profile = profile_in(envoy_dialect, call.path());
    auto const path = call.path().substr(envoy_dialect.prefix.size() + 1 + profile.size());
    if (auto done = core::read_target(path, original); !done)
        return done.error();
    original.query = call.query();
    return original;
}

/// Envoy only overwrites headers that have a value. `Authorization` is one that nobody looked at
/// where the profile takes tokens from elsewhere.
std::string removed_headers(decision const& what)
{
    std::string names;
    auto const add = [&](std::string_view name) {
        names.append(names.empty() ? "" : ", ").append(name);
    };
    for (auto const& one : what.by->headers) {
        if (what.mapped.find(one.header).value_or("").empty())
            add(one.header);
    }
    auto const is_header = [](config::token_source const& one) {
        return one.from == config::token_source::kind::header;
    };
    if (std::ranges::none_of(what.by->token_sources, is_header))
        add("Authorization");
    return names;
}

http::reply answer(decision what)
{
    std::string removed;
    if (what.how == decided::allowed)
        removed = removed_headers(what);
    auto reply = reply_of(std::move(what));
    if (!removed.empty())
        reply.headers.add("x-envoy-auth-headers-to-remove", removed);
    return reply;
}

}  // namespace

constinit gateway_dialect const envoy_dialect{
    config::dialect::envoy, "/auth/envoy", true, read, answer};

}  // namespace service
