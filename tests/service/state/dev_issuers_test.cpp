#include "core/json/json.hpp"
#include "service/state/dev_issuers.hpp"

#include <doctest/doctest.h>

namespace {

std::size_t keys_in(std::string const& jwks)
{
    return core::json::document::parse(jwks).value().root().find("keys")->size();
}

}  // namespace

TEST_SUITE("service/state/dev_issuers")
{
    TEST_CASE("dev_issuers: each has its own URL and key, and nobody has another's")
    {
        service::dev_issuers const all({{.name = "a"}, {.name = "b"}}, "http://localhost:1");
        CHECK(all.find("a")->issuer == "http://localhost:1/dev/a");
        CHECK(keys_in(all.find("a")->jwks) == 1);
        auto const of_a = all.key_of("a", "", false).value().kid;
        CHECK(of_a != all.key_of("b", "", false).value().kid);
        CHECK(all.key_of("b", of_a, false).error() == core::errc::key_not_found);
        CHECK(!all.find("c"));
        CHECK(all.key_of("c", "", false).error() == core::errc::not_found);
    }

    TEST_CASE("key_of: a wrong key has the kid of the published one and other material")
    {
        service::dev_issuers const all({{.name = "a"}}, "http://localhost:1");
        auto const good = all.key_of("a", "", false).value();
        auto const wrong = all.key_of("a", "", true).value();
        CHECK(good.kid == wrong.kid);
        CHECK(good.material != wrong.material);
    }

    TEST_CASE("rotate: the next key signs, and those before it stay until there are too many")
    {
        service::dev_issuers all({{.name = "a"}}, "http://localhost:1");
        auto const first = all.key_of("a", "", false).value().kid;
        auto const done = all.rotate("a").value();
        CHECK(done.previous == first);
        CHECK(all.key_of("a", "", false).value().kid == done.kid);
        CHECK(all.key_of("a", first, false).has_value());
        CHECK(keys_in(all.find("a")->jwks) == 2);
        for (std::size_t i = 2; i <= service::dev_issuers::keys_max; ++i)
            CHECK(all.rotate("a").has_value());
        CHECK(keys_in(all.find("a")->jwks) == service::dev_issuers::keys_max);
        CHECK(all.key_of("a", first, false).error() == core::errc::key_not_found);
        CHECK(all.rotate("b").error() == core::errc::not_found);
    }

    TEST_CASE("dev_issuers: of RS256 -> keys of 2048 bits, before and after a rotation")
    {
        service::dev_issuers all({{.name = "a", .alg = "RS256"}}, "http://localhost:1");
        CHECK(all.find("a")->alg == "RS256");
        CHECK(all.rotate("a").has_value());
        for (bool const is_wrong : {false, true}) {
            auto const key = all.key_of("a", "", is_wrong).value();
            CHECK(key.alg == "RS256");
            CHECK(key.material->family() == core::key_family::rsa);
            CHECK(key.material->bits() == 2048);
        }
        CHECK(all.find("a")->jwks.find(R"("alg":"RS256")") != std::string::npos);
    }
}
