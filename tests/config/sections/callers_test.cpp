#include "tests/config/sample.hpp"

using namespace sample;

namespace {

std::string caller(std::string_view members)
{
    return good_issuer + good_keys + good_sign + "callers: [{name: app, " + std::string(members)
        + "}]\n";
}

config::caller_settings read(std::string_view members)
{
    return settings_of(caller(members)).callers.at(0);
}

std::string const digest = std::string(64, 'F'), other_digest = std::string(64, '0');

}  // namespace

TEST_SUITE("config/sections/read_callers")
{
    TEST_CASE("callers: uid, gid and secret_sha256")
    {
        CHECK(read("uid: 0").uid == 0U);
        CHECK(read("gid: 7").gid == 7U);
        std::vector<std::string> const one{std::string(32, '\xff')};
        CHECK(read("secret_sha256: " + digest).secret_sha256 == one);
        CHECK(read("secret_sha256: [" + digest + "]").secret_sha256 == one);
        auto const both = read("secret_sha256: [" + digest + ", \"" + other_digest + "\"]");
        CHECK(both.secret_sha256 == std::vector{one[0], std::string(32, '\0')});
    }

    TEST_CASE("callers: the names of a certificate, one or several of each kind")
    {
        auto const got =
            read("mtls_san: {uri: \"urn:Orders\", spiffe: [\"spiffe://d/a\", \"spiffe://d/b\"], "
                 "dns: Orders.Example.com}");
        CHECK(got.mtls_san.uris == std::vector<std::string>{"urn:Orders"});
        CHECK(got.mtls_san.spiffe_ids == std::vector<std::string>{"spiffe://d/a", "spiffe://d/b"});
        CHECK(got.mtls_san.dns_names == std::vector<std::string>{"orders.example.com"});
        CHECK(read("uid: 1").mtls_san.empty());
    }

    TEST_CASE("callers: roles, endpoints and limits; an empty list leaves nothing")
    {
        auto const got =
            read("uid: 1, roles: admin, endpoints: [sign, inspect], sign_profiles: access, "
                 "rate: {requests: 600, per: 1m, burst: 50}, in_flight: 4");
        CHECK(got.roles == std::vector{config::caller_role::admin});
        REQUIRE(got.endpoints.has_value());
        CHECK(got.endpoints->contains(config::endpoint::sign));
        CHECK(got.endpoints->contains(config::endpoint::inspect));
        CHECK(!got.endpoints->contains(config::endpoint::verify));
        CHECK(got.sign_profiles == std::vector<std::string>{"access"});
        CHECK(got.rate.requests == 600);
        CHECK(got.rate.per == config::seconds(60));
        CHECK(got.rate.burst == 50);
        CHECK(got.in_flight == 4);

        auto const least = read("uid: 1, endpoints: [], sign_profiles: [], decrypt_series: []");
        CHECK(least.endpoints->bits == 0);
        CHECK(least.sign_profiles->empty());
        CHECK(least.decrypt_series->empty());

        auto const usual = read("uid: 1, rate: {requests: 5}");
        CHECK(!usual.endpoints);
        CHECK(!usual.sign_profiles);
        CHECK(!usual.decrypt_series);
        CHECK(usual.rate.per == config::seconds(1));
        CHECK(usual.rate.burst == 5);
        CHECK(usual.in_flight == 0);
        CHECK(!read("uid: 1").rate.is_limited());
    }

    TEST_CASE("callers: what identifies nobody, or is misspelt -> problems")
    {
        check_refused({
            {"callers: [{uid: 1}]\n", "callers[0]: needs a `name`"},
            {"callers: [{name: a}]\n",
             "callers[0]: needs a uid, gid, secret_sha256, mtls_san or jwt"},
            {"callers: [{name: a, uid: -1}]\n", "callers[0].uid: must be a whole number"},
            {"callers: [{name: a, uid: 4294967295}]\n", "callers[0].uid: must be from 0 to"},
            {"callers: [{name: a, uid: 1}, {name: a, uid: 2}]\n", "callers[1].name: `a` is taken"},
            {caller("secret_sha256: abc"), "must be the 64 hexadecimal digits"},
            {caller("secret_sha256: [" + digest + ", abc]"), "must be the 64 hexadecimal digits"},
            {caller("secret_sha256: [" + digest + ", " + std::string(64, 'f') + "]"),
             "callers[0].secret_sha256: has the same digest twice"},
            {caller("secret_sha256: []"), "callers[0].secret_sha256: is empty"},
            {caller("mtls_san: x"), "callers[0].mtls_san: must be a map of settings"},
            {caller("mtls_san: {}"), "callers[0].mtls_san: needs a uri, spiffe or dns"},
            {caller("mtls_san: {cn: x}"), "callers[0].mtls_san.cn: unknown setting"},
            {caller("mtls_san: {uri: []}"), "callers[0].mtls_san.uri: is empty"},
            {caller("mtls_san: {uri: \"spiffe://d/a\"}"),
             "callers[0].mtls_san.uri: is a SPIFFE ID: write it as `spiffe`"},
            {caller("mtls_san: {uri: orders}"), "callers[0].mtls_san.uri: must be a URI"},
            {caller("mtls_san: {spiffe: \"spiffe://d\"}"),
             "callers[0].mtls_san.spiffe: must be a SPIFFE ID with a path"},
            {caller("mtls_san: {dns: \"*.example.com\"}"),
             "callers[0].mtls_san.dns: must be a host name without wildcards"},
            {caller("jwt: {}"), "callers[0].jwt: needs `profile`"},
            {caller("jwt: {profile: a, iss: b}"), "callers[0].jwt: needs `sub`"},
            {caller("jwt: {profile: a, iss: b, sub: " + std::string(1025, 'x') + "}"),
             "callers[0].jwt.sub: must be at most 1024 bytes long"},
            {caller("uid: 1, roles: [amdin]"), "callers[0].roles: `amdin` is not a role"},
            {caller("uid: 1, roles: []"), "callers[0].roles: is empty"},
            {caller("uid: 1, endpoints: [sing]"), "did you mean `sign`?"},
            {caller("uid: 1, endpoints: [jwks]"),
             "callers[0].endpoints: `jwks` does not look at who calls"},
            {caller("uid: 1, rate: {}"), "callers[0].rate: needs `requests`"},
            {caller("uid: 1, rate: {requests: 0}"), "callers[0].rate.requests: must be from 1 to"},
            {caller("uid: 1, rate: {requests: 1, per: 2h}"), "callers[0].rate.per: must be from"},
            {caller("uid: 1, rate: {requests: 1, burst: 0}"),
             "callers[0].rate.burst: must be from"},
            {caller("uid: 1, in_flight: 0"), "callers[0].in_flight: must be from 1 to"},
        });
        std::string many;
        for (char digit = '0'; digit < '9'; ++digit)
            many += (many.empty() ? "\"" : ", \"") + std::string(64, digit) + '"';
        CHECK(load(caller("secret_sha256: [" + many + "]"))
                  .says("callers[0].secret_sha256: has more than 8 entries"));
    }

    TEST_CASE("callers: no variable of the environment can change who calls")
    {
        for (auto const* name :
             {"SIGNET_CALLERS__0__UID", "SIGNET_CALLERS__0__RATE__REQUESTS",
              "SIGNET_CALLERS__0__ROLES", "SIGNET_VERIFY_PROFILES__DEFAULT__FOR"}) {
            CAPTURE(name);
            CHECK(!load(good, {{name, "1"}}).settings);
        }
    }
}
