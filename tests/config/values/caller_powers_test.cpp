#include "config/values/caller_powers.hpp"

#include <doctest/doctest.h>

namespace {

config::caller_settings named_app()
{
    config::caller_settings one;
    one.name = "app";
    return one;
}

/// One caller, that a sign profile names, and a listener on loopback.
config::settings with(config::caller_settings one)
{
    config::settings all;
    config::sign_profile access;
    access.callers = {"app"};
    all.sign_profiles.emplace("access", access);
    config::listener plain;
    plain.address.host = "127.0.0.1";
    all.server.listen = {plain};
    all.admin.listen = {};
    all.callers.push_back(std::move(one));
    return all;
}

}  // namespace

TEST_SUITE("config/values/caller_powers")
{
    TEST_CASE("can_be_recognised: a secret and a token anywhere, the others where a listener looks")
    {
        auto secret = named_app(), token = named_app(), user = named_app(), owner = named_app();
        secret.secret_sha256 = {std::string(32, 'x')};
        token.jwt = config::caller_token{"cluster", "urn:cluster", "pod"};
        user.uid = 1;
        owner.mtls_san.dns_names = {"app.example"};
        auto all = with(secret);
        CHECK(can_be_recognised(all, secret));
        CHECK(can_be_recognised(all, token));
        CHECK(!can_be_recognised(all, user));
        CHECK(!can_be_recognised(all, owner));
        all.server.listen.front().tls.emplace();
        CHECK(!can_be_recognised(all, owner));  // asks nobody for a certificate
        all.server.listen.front().tls->client_ca_file = "/ca.pem";
        CHECK(can_be_recognised(all, owner));
        CHECK(!can_be_recognised(all, user));
        all.admin.listen.emplace_back().address.unix_path = "/run/a.sock";
        CHECK(can_be_recognised(all, user));
    }

    TEST_CASE("lets_callers_in: somebody can be recognised, and has something to do")
    {
        auto one = named_app();
        one.uid = 1;
        CHECK(!lets_callers_in(with(one)));  // nothing listens on a Unix socket
        one.secret_sha256 = {std::string(32, 'x')};
        CHECK(lets_callers_in(with(one)));
        one.endpoints.emplace();
        CHECK(!lets_callers_in(with(one)));
        one.roles = {config::caller_role::admin};
        CHECK(lets_callers_in(with(one)));
        auto stranger = named_app();
        stranger.name = "web";
        stranger.secret_sha256 = {std::string(32, 'x')};
        CHECK(!lets_callers_in(with(stranger)));
        CHECK(!lets_callers_in(config::settings{}));
    }
}
