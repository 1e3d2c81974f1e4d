#include "tests/service/endpoints/tokens/token_service.hpp"

#include "core/crypto/digest.hpp"

namespace tests {

std::string sha256_of(std::string_view text)
{
    auto const octets = core::crypto::digest(core::hash::sha256, core::as_bytes(text));
    return std::string(core::as_text(octets));
}

config::settings token_settings()
{
    auto settings = live_settings();
    settings.issuer = "https://tokens.example.com";
    for (auto& key : settings.keys)
        key.issuer = settings.issuer;
    auto const series = settings.keys.front().series;

    config::verify_profile verify;
    verify.name = "default";
    verify.issuers = {"self"};
    verify.audiences = {"api://orders"};
    verify.required = {"sub"};
    verify.leeway = std::chrono::seconds{10};
    verify.headers = {{"X-Auth-Subject", "sub"}, {"X-Auth-Scopes", "scope"}};
    settings.verify_profiles["default"] = verify;
    verify.name = "scoped";
    verify.scopes = {"admin"};
    settings.verify_profiles["scoped"] = verify;

    config::sign_profile sign;
    sign.name = "default";
    sign.key = series;
    sign.typ = "JWT";
    sign.iss = settings.issuer;
    sign.audiences = {"api://orders"};
    sign.ttl = std::chrono::seconds{60};
    sign.max_ttl = std::chrono::seconds{600};
    sign.allowed_claims = {"sub", "scope", "cnf", "name"};
    sign.allowed_headers = {"x-trace"};
    sign.callers = {"orders"};
    settings.sign_profiles["default"] = sign;

    config::caller_settings caller;
    caller.name = "orders";
    caller.secret_sha256 = {sha256_of(caller_secret)};
    settings.callers = {caller};
    caller.name = "billing";
    caller.secret_sha256 = {sha256_of("another secret that is long enough")};
    settings.callers.push_back(caller);
    settings.inline_keys.sign = settings.inline_keys.verify = true;
    return settings;
}

answer post(live_service& to, std::string_view path, std::string_view body, bool caller)
{
    auto const field = "Authorization: Bearer " + std::string(caller_secret) + "\r\n";
    return ask(to.port(), post_text(path, body, caller ? field : ""));
}

std::string signed_token(live_service& by, std::string_view claims)
{
    return member(post(by, "/sign", "{\"claims\":" + std::string(claims) + "}", true), "token");
}

answer verified(live_service& by, std::string_view token, std::string_view more)
{
    return post(
        by, "/verify", "{\"token\":\"" + std::string(token) + "\"" + std::string(more) + "}"
    );
}

}  // namespace tests
