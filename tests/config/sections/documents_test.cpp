#include "config/rows/rows.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "tests/config/certificate.hpp"
#include "tests/config/rows/generated.hpp"
#include "tests/config/sample.hpp"
#include "tests/core/keys/key_file_samples.hpp"

#include <sstream>

using namespace sample;

namespace {

std::string text_of(std::string const& name)
{
    std::ifstream file(std::string(SIGNET_CONFIG_FOLDER "/") + name, std::ios::binary);
    REQUIRE(file.is_open());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

core::crypto::key_ptr fresh()
{
    auto key = core::crypto::generate(core::key_family::p256, 0);
    REQUIRE(key.has_value());
    return *key;
}

environment const example_variables{
    {"SIG_PASSWORD", "correct"},
    {"PARTNER_SECRET", std::string(32, 's')},
    {"JWT_PRO_SECRET", std::string(32, 'j')},
    {"MESH_API_KEY", "k"},
};

/// The files that the example names.
void write_example_files(folder const& where)
{
    where.write("keys/sig-2026-08.pem", *core::to_private_pem(*fresh()));
    where.write("keys/sig-2026-11.pem", samples::ec_enc_pbkdf2);
    core::jwk key;
    key.material = fresh();
    std::string text;
    core::append_private_jwk(text, key);
    where.write("keys/internal.jwk", text);
    where.write("keys/sealed.pem", *core::to_private_pem(*fresh()));
    where.write("keys/device.pem", core::to_public_pem(*fresh()), 0644);
    key.material = fresh();
    key.kid = "legacy-1";
    text = "{\"keys\":[";
    core::append_public_jwk(text, key);
    where.write("keys/legacy.jwks.json", text + "]}", 0644);
    for (auto const* name : {"keys/mesh-ca.pem", "keys/mesh.pem", "keys/cluster-ca.pem"})
        where.write(name, certificate_pem, 0644);
    where.write("keys/cluster-token", "token");
    where.write("keys/rotation.password", "correct");
    where.write("keys/mesh.key", *core::to_private_pem(*fresh()));
}

}  // namespace

TEST_SUITE("config/signet.example.yaml")
{
    TEST_CASE("the example loads, and has every member of every section")
    {
        folder const where;
        write_example_files(where);
        auto const text = text_of("signet.example.yaml");
        auto const got = load_in(where, text, example_variables);
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        CHECK(got.settings->keys.size() == 6);
        auto const check_said = [&](auto const& members) {
            for (auto const& one : members) {
                CAPTURE(one.name);
                bool const is_said = text.find(std::string(one.name) + ":") != std::string::npos;
                bool const is_other_source =
                    one.name == "generate" || one.name == "jwks" || !one.is_read();
                CHECK((is_said || is_other_source));
            }
        };
        check_said(config::rows::root);
        for (auto const& section : config::rows::sections())
            check_said(section.rows);
    }

    TEST_CASE("the example's limits are the defaults")
    {
        folder const where;
        write_example_files(where);
        auto const got = load_in(where, text_of("signet.example.yaml"), example_variables);
        REQUIRE(got.settings.has_value());
        auto said = got.settings->limits;
        for (auto const& one : config::rows::limits) {
            CAPTURE(one.name);
            if (!one.is_read())
                continue;
            CHECK(generated::value_in(one, &said) == generated::default_of(one));
        }
    }
}

TEST_SUITE("config/signet.dev.yaml")
{
    TEST_CASE("dev_yaml: is the file's text")
    {
        CHECK(config::dev_yaml() == text_of("signet.dev.yaml"));
    }

    TEST_CASE("load: --dev -> loopback, a generated key, profiles that fit each other, inline keys")
    {
        config::sources from;
        from.dev = true;
        auto const got = outcome_of(from);
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        auto const& dev = *got.settings;
        CHECK(dev.dev);
        CHECK(dev.issuer == "urn:signet:dev");
        CHECK(dev.server.listen.at(0).address.text() == "127.0.0.1:8080");
        CHECK(dev.server.listen.at(0).endpoints.bits == config::endpoints::all().bits);
        CHECK(dev.admin.listen.at(0).address.text() == "127.0.0.1:9090");
        auto const& sign = dev.sign_profiles.at("default");
        auto const& verify = dev.verify_profiles.at("default");
        CHECK(sign.key == "dev");
        CHECK(sign.iss == dev.issuer);
        CHECK(sign.audiences == verify.audiences);
        CHECK(sign.all_claims);
        CHECK(sign.jti);
        CHECK(sign.ttl == std::chrono::minutes{15});
        CHECK(sign.max_ttl == std::chrono::hours{24});
        CHECK(verify.issuers == std::vector<std::string>{"self"});
        CHECK(verify.typ.empty());
        CHECK(dev.inline_keys.sign);
        CHECK(dev.inline_keys.verify);
        CHECK(dev.log.format == config::log_format::text);
        CHECK(dev.keys.at(0).key.alg == "ES256");
    }

    TEST_CASE("load: --dev with settings over it, on loopback only")
    {
        config::sources from;
        from.dev = true;
        from.flags = {{"server.listen", "127.0.0.1:0"}, {"admin.listen", "127.0.0.1:0"}};
        CHECK(outcome_of(from).settings->server.listen.at(0).address.port == 0);
        from.flags = {{"server.listen", "0.0.0.0:8080"}};
        CHECK(outcome_of(from).says("development mode listens on loopback only"));
        from.flags = {{"admin.probes", "0.0.0.0:9091"}};
        CHECK(outcome_of(from).says("development mode listens on loopback only"));
    }
}
