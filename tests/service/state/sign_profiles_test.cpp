#include "core/base/base64url.hpp"
#include "core/json/json.hpp"
#include "service/operations/sign.hpp"
#include "service/state/sign_profiles.hpp"
#include "tests/service/operations/bare_service.hpp"

#include <doctest/doctest.h>

using namespace tests;
using service::sign_operation;
using std::chrono::minutes;

namespace {

core::ring_key key_of(std::string const& series, std::string const& kid)
{
    core::ring_key one;
    one.series = series;
    one.issuer = "urn:us";
    one.key.kid = kid;
    one.key.alg = "HS256";
    one.key.use = core::key_use::sig;
    one.key.material = core::crypto::import_secret(
                           core::secret_bytes(std::string_view("0123456789abcdef0123456789abcdef"))
    )
                           .value();
    return one;
}

config::sign_profile profile_of(std::string const& name, std::string const& series)
{
    config::sign_profile made;
    made.name = name;
    made.key = series;
    made.iss = "urn:us";
    made.ttl = made.max_ttl = minutes(5);
    made.all_claims = true;
    return made;
}

/// Development mode, where everybody may sign: `default` signs claims, `plain` payloads, and the
/// series of `later` has no active key yet.
config::settings signing_settings()
{
    config::settings settings;
    settings.dev = true;
    settings.keys = {key_of("sig", "sig-1"), key_of("pay", "pay-1"), key_of("later", "later-1")};
    settings.keys.back().publish_at = bare_service::now;
    settings.keys.back().activate_at = bare_service::now + minutes(10);
    for (auto const& [name, series] :
         {std::pair{"default", "sig"}, std::pair{"plain", "pay"}, std::pair{"later", "later"}})
        settings.sign_profiles[name] = profile_of(name, series);
    settings.sign_profiles["plain"].kind = config::token_kind::jws;
    settings.sign_profiles["plain"].typ = "note";
    return settings;
}

std::string header_of(std::string const& token)
{
    return core::base64url_decode_text(token.substr(0, token.find('.'))).value();
}

}  // namespace

TEST_SUITE("service/state/sign_profiles")
{
    TEST_CASE("sign_profile_set: a profile has its active key, and the header of its tokens")
    {
        bare_service const here(signing_settings());
        auto const& all = *here.scope.seen->signing;
        auto const* claims = all.find("default");
        REQUIRE(claims != nullptr);
        CHECK(claims->key->kid == "sig-1");
        CHECK(claims->algorithm->name == "HS256");
        CHECK(claims->header == R"({"alg":"HS256","typ":"JWT","kid":"sig-1"})");
        CHECK(core::base64url_decode_text(claims->encoded_header) == claims->header);
        CHECK(all.find("plain")->header == R"({"alg":"HS256","typ":"note","kid":"pay-1"})");
        CHECK(all.find("nobody") == nullptr);
    }

    TEST_CASE("sign_profile_set: before a series has an active key its profile has none")
    {
        bare_service const here(signing_settings());
        auto const* later = here.scope.seen->signing->find("later");
        REQUIRE(later != nullptr);
        CHECK_FALSE(later->key.has_value());
        CHECK(later->header.empty());
        auto const refused =
            answer_of(sign_operation, R"({"claims":{},"profile":"later"})", here).body;
        CHECK(refused.error() == core::errc::key_not_found);
    }

    TEST_CASE("sign_profile_set: no token outlives the key that signs it")
    {
        auto settings = signing_settings();
        settings.keys.front().retire_at = bare_service::now + minutes(20);
        bare_service const here(std::move(settings));
        auto const* profile = here.scope.seen->signing->find("default");
        REQUIRE(profile->key.has_value());
        CHECK(profile->claims.not_after == bare_service::now + minutes(20));
    }

    TEST_CASE("sign: the kept header is the one that a request gets that repeats the profile's typ")
    {
        bare_service const here(signing_settings());
        auto const token_of = [&](std::string const& members) {
            return member_of(answer_of(sign_operation, members, here), "token");
        };
        auto const usual = token_of(R"({"claims":{"sub":"a"}})");
        CHECK(usual == token_of(R"({"claims":{"sub":"a"},"typ":"JWT"})"));
        CHECK(usual == token_of(R"({"claims":{"sub":"a"},"header":{}})"));
        CHECK(header_of(usual) == here.scope.seen->signing->find("default")->header);
        auto const note = token_of(R"({"payload":"x","profile":"plain"})");
        CHECK(note == token_of(R"({"payload":"x","profile":"plain","typ":"note"})"));
        // RFC 7797 changes the header.
        auto const bare = token_of(R"({"payload":"x","profile":"plain","b64":false})");
        CHECK(header_of(bare).find(R"("b64":false,"crit":["b64"])") != std::string::npos);
    }

    TEST_CASE("sign: a profile's answer is the same however many profiles there are")
    {
        auto settings = signing_settings();
        for (int i = 0; i < 200; ++i) {
            auto const name = "p" + std::to_string(i);
            settings.sign_profiles[name] = profile_of(name, "sig");
        }
        bare_service const here(std::move(settings));
        for (auto const* name : {"p0", "p199", "default"}) {
            auto const answer = answer_of(
                sign_operation, R"({"claims":{},"profile":")" + std::string(name) + "\"}", here
            );
            CHECK(member_of(answer, "kid") == "sig-1");
            CHECK(member_of(answer, "alg") == "HS256");
        }
    }
}
