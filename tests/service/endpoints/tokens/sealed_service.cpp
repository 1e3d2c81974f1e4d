#include "tests/service/endpoints/tokens/sealed_service.hpp"

namespace tests {

void add_series(
    config::settings& to, std::string_view name, std::string_view alg, core::key_family family,
    std::size_t bits
)
{
    core::ring_key one;
    one.series = name;
    one.issuer = to.issuer;
    one.key.material = core::crypto::generate(family, bits).value();
    one.key.alg = alg;
    one.key.use = core::key_use::enc;
    one.key.kid = std::string(name) + "-1";
    to.encryption[one.series].callers = {"orders"};
    to.keys.push_back(std::move(one));
}

config::settings sealed_settings()
{
    auto settings = token_settings();
    add_series(settings, "sealed", "ECDH-ES+A256KW", core::key_family::p256);

    config::issuer_settings partner;
    partner.name = "partner";
    partner.issuer = "https://partner.example.com";
    partner.callers = {"orders"};
    core::jwk key;
    key.material = core::crypto::generate(core::key_family::x25519, 0).value();
    key.kid = "partner-enc";
    key.use = core::key_use::enc;
    partner.keys.keys = {key};
    settings.issuers = {partner};

    auto nested = settings.verify_profiles["default"];
    nested.name = "nested";
    nested.decrypt = "sealed";
    nested.callers = {"orders"};
    settings.verify_profiles["nested"] = nested;
    settings.inline_keys.encrypt = settings.inline_keys.decrypt = true;
    return settings;
}

std::string sealed_token(live_service& by, std::string_view members)
{
    return member(post(by, "/encrypt", "{" + std::string(members) + "}", true), "token");
}

answer opened(live_service& by, std::string_view token, std::string_view more)
{
    auto const quoted =
        token.starts_with('{') ? std::string(token) : "\"" + std::string(token) + "\"";
    return post(by, "/decrypt", "{\"token\":" + quoted + std::string(more) + "}", true);
}

std::string nested_token(live_service& by, std::string_view claims, std::string_view members)
{
    return member(
        post(
            by, "/sign",
            "{\"claims\":" + std::string(claims) + ",\"encrypt\":{" + std::string(members) + "}}",
            true
        ),
        "token"
    );
}

}  // namespace tests
