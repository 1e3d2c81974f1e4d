#include "tests/config/sample.hpp"

using namespace sample;

namespace {

constexpr std::string_view idle = "callers[0]: may do no more than a stranger";
constexpr std::string_view nobody = "callers[0]: has only a uid or gid, and nothing listens on";
constexpr std::string_view no_certificate =
    "callers[0]: has only the names of certificates, and no";
constexpr std::string_view locked = "callers: nobody can sign, encrypt or decrypt";

std::string with(std::string_view caller, std::string_view listen = "\"unix:/run/s.sock\"")
{
    return good_issuer + good_keys + good_sign + "server: {listen: [" + std::string(listen)
        + "]}\ncallers: [{name: app, " + std::string(caller) + "}]\n";
}

/// Loads it with a listener that has TLS, and whose clients are asked for certificates or not.
attempt load_with_tls(std::string_view caller, bool asks_clients)
{
    folder const where;
    for (auto const* name : {"cert.pem", "key.pem", "ca.pem"})
        where.write(name, "read, and not judged, here");
    return load_in(
        where,
        with(
            caller,
            std::string(R"({address: "127.0.0.1:1", endpoints: [sign], tls: )")
                + "{cert_file: cert.pem, key_file: key.pem"
                + (asks_clients ? ", client_ca_file: ca.pem" : "") + "}}"
        )
    );
}

}  // namespace

TEST_SUITE("config/checks/warn_of_callers")
{
    TEST_CASE("callers: one that is named and can be recognised -> no warning")
    {
        for (auto const* caller : {"uid: 1", "gid: 1", "uid: 1, sign_profiles: [access]"}) {
            auto const got = load(with(caller));
            CHECK(got.settings.has_value());
            CHECK(!got.warns("callers"));
        }
        for (auto const* caller : {"mtls_san: {dns: a}", "mtls_san: {dns: a}, uid: 1"}) {
            auto const got = load_with_tls(caller, true);
            INFO(got.problems);
            CHECK(got.settings.has_value());
            CHECK(!got.warns("callers"));
        }
    }

    TEST_CASE(
        "callers: only names of certificates, and no listener asks for one -> nobody can be it"
    )
    {
        constexpr std::string_view plain = "\"127.0.0.1:1\"", local = "\"unix:/run/s.sock\"";
        CHECK(load(with("mtls_san: {dns: a}", plain)).warns(no_certificate));
        CHECK(load(with("mtls_san: {dns: a}", plain)).warns(locked));
        CHECK(load(with("mtls_san: {dns: a}", local)).warns(no_certificate));
        CHECK(load_with_tls("mtls_san: {dns: a}", false).warns(no_certificate));
        auto const both = "callers[0]: has only a uid or gid and the names of certificates";
        CHECK(load(with("mtls_san: {dns: a}, uid: 1", plain)).warns(both));
        CHECK(!load(with("mtls_san: {dns: a}, uid: 1", local)).warns("callers[0]"));
    }

    TEST_CASE("callers: only a uid, and no Unix socket -> nobody can be it, and all are locked out")
    {
        auto const got = load(with("uid: 1", "\"127.0.0.1:1\""));
        CHECK(got.warns(nobody));
        CHECK(got.warns(locked));
        auto const admin =
            load(with("uid: 1", "\"127.0.0.1:1\"") + "admin: {listen: \"unix:/a\"}\n");
        CHECK(!admin.warns(nobody));
    }

    TEST_CASE("callers: no list names it, or it gives all of it up -> it may do nothing")
    {
        auto unnamed = with("uid: 1");
        unnamed.replace(unnamed.find("name: app"), 9, "name: web");
        unnamed.replace(unnamed.find("callers: [app]"), 14, "callers: [web2]");
        unnamed.replace(unnamed.rfind("}]"), 2, "}, {name: web2, uid: 2}]");
        CHECK(load(unnamed).warns(idle));
        CHECK(!load(unnamed).warns(locked));  // web2 is not
        for (auto const* caller :
             {"uid: 1, endpoints: []", "uid: 1, endpoints: [verify]",
              "uid: 1, sign_profiles: []"}) {
            CAPTURE(caller);
            auto const got = load(with(caller));
            CHECK(got.warns(idle));
            CHECK(got.warns(locked));
        }
        CHECK(!load(with("uid: 1, endpoints: [], roles: [admin]")).warns(idle));
    }

    TEST_CASE("callers: none at all, and profiles that sign -> all are locked out")
    {
        auto const text =
            good_issuer + good_keys + "sign_profiles: {access: {key: sig, ttl: 15m}}\n";
        CHECK(load(text).warns(locked));
        CHECK(!load(good_issuer + good_keys + good_verify).warns(locked));
    }

    TEST_CASE("verify_profiles: one for callers that no caller uses -> a warning")
    {
        auto const got = load(
            "issuers: [{name: c, issuer: \"https://c.example\", jwks_uri: "
            "\"https://c.example/j\"}]\n"
            "verify_profiles: {p: {for: callers, issuers: [c], audiences: [s], max_lifetime: 1h}}\n"
        );
        CHECK(got.warns("verify_profiles.p: is `for: callers`, and no caller has such a `jwt`"));
    }
}
