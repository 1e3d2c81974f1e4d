#include "tests/service/endpoints/gateways/gateway_service.hpp"

namespace tests {

namespace {

using config::dialect;

core::access_rule rule_of(std::string method, std::string path, std::string scope)
{
    core::access_rule rule;
    rule.methods = {std::move(method)};
    rule.path = std::move(path);
    rule.scopes.all = {std::move(scope)};
    return rule;
}

answer call(
    live_service& by, std::string_view method, std::string const& target, std::string const& fields
)
{
    return ask(
        by.port(),
        std::string(method) + " " + target + " HTTP/1.1\r\nHost: app.example.com\r\n" + fields
            + "\r\n"
    );
}

}  // namespace

config::settings gateway_settings()
{
    auto settings = token_settings();
    settings.server.trusted_proxies = {*core::parse_cidr("127.0.0.0/8")};
    auto one = settings.verify_profiles["default"];
    one.name = "rules";
    one.dialects_ = {dialect::forward, dialect::nginx, dialect::envoy};
    one.access.rules = core::access_rules(
        {rule_of("GET", "/orders/**", "read"), rule_of("POST", "/orders", "write")}
    );
    one.access.exempt = {"/public/**", "/health"};
    one.access.allow_cors_preflight = true;
    settings.verify_profiles["rules"] = one;

    one.name = "cookies";
    one.access = {};
    one.realm = "app of example.com";
    one.token_sources = {config::token_source{}, {config::token_source::kind::cookie, "session"}};
    settings.verify_profiles["cookies"] = one;

    one = settings.verify_profiles["default"];
    one.name = "kept";
    one.decision_max_age = std::chrono::seconds(30);
    settings.verify_profiles["kept"] = one;
    return settings;
}

answer ask_forward(live_service& by, std::string_view at, asked const& what)
{
    return call(
        by, "GET", std::string(at),
        "X-Forwarded-Proto: https\r\nX-Forwarded-Host: app.example.com\r\nX-Forwarded-Method: "
            + std::string(what.method) + "\r\nX-Forwarded-Uri: " + std::string(what.path) + "\r\n"
            + what.fields
    );
}

answer ask_nginx(live_service& by, std::string_view at, asked const& what)
{
    return call(
        by, "GET", std::string(at),
        "X-Original-Method: " + std::string(what.method)
            + "\r\nX-Original-URL: https://app.example.com" + std::string(what.path) + "\r\n"
            + what.fields
    );
}

answer ask_envoy(live_service& by, std::string_view at, asked const& what)
{
    return call(
        by, what.method, std::string(at) + std::string(what.path),
        "X-Forwarded-Proto: https\r\n" + what.fields
    );
}

std::string bearer(std::string_view token)
{
    return "Authorization: Bearer " + std::string(token) + "\r\n";
}

}  // namespace tests
