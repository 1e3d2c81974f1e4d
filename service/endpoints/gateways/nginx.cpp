#include "service/endpoints/gateways/dialect.hpp"
#include "service/endpoints/gateways/metadata.hpp"

/// nginx's auth_request: the request is in X-Original-Method and X-Original-URL. It understands 200,
/// 401 and 403, and makes 500 of every other status; why a request is refused is in X-Auth-Error.
namespace service {
namespace {

constexpr std::string_view method_field = "X-Original-Method", url_field = "X-Original-URL";

/// "https://host/path?query", as `$scheme://$http_host$request_uri` makes it.
core::result<void> read_url(std::string_view url, core::original_request& into)
{
    constexpr std::string_view after_scheme = "://";
    auto const colon = url.find(after_scheme);
    if (colon == std::string_view::npos)
        return read_scheme({}, url_field, into);
    if (auto done = read_scheme(url.substr(0, colon), url_field, into); !done)
        return done;
    url.remove_prefix(colon + after_scheme.size());
    auto const host = url.substr(0, url.find('/'));
    if (auto done = read_host(host, url_field, into); !done)
        return done;
    return core::read_target(url.substr(host.size()), into);
}

core::result<core::original_request> read(http::request const& call)
{
    core::original_request original;
    auto const method = only_field(call, method_field);
    if (!method)
        return method.error();
    if (auto done = read_method(*method, method_field, original); !done)
        return done.error();
    auto const url = only_field(call, url_field);
    if (!url)
        return url.error();
    if (auto done = read_url(*url, original); !done)
        return done.error();
    return original;
}

http::reply answer(decision what)
{
    bool const is_refused = what.how != decided::allowed;
    auto reply = reply_of(std::move(what), {.ill_formed = 403, .undecided = 401});
    if (is_refused)
        reply.headers.add("X-Auth-Error", reply.code);
    return reply;
}

}  // namespace

constinit gateway_dialect const nginx_dialect{
    config::dialect::nginx, "/auth/nginx", true, read, answer};

}  // namespace service
