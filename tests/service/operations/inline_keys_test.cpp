#include "core/keys/jwk_write.hpp"
#include "service/operations/inline_keys.hpp"
#include "tests/service/operations/bare_service.hpp"

using namespace service;
using tests::bare_service;

namespace {

/// Reads the material of a request with these members, and returns what that cost.
core::work cost_of(std::string const& members, inline_purpose purpose)
{
    bare_service here;
    auto const document = core::json::document::parse("{" + members + "}");
    REQUIRE(document.has_value());
    body_reader read(document->root());
    auto const material = read_inline_material(read, here.scope, purpose);
    REQUIRE(material.has_value());
    REQUIRE(material->has_value());
    return here.budget.spent();
}

std::string private_jwk(core::key_family family, std::size_t bits = 0)
{
    core::jwk key;
    key.material = core::crypto::generate(family, bits).value();
    std::string text;
    core::append_private_jwk(text, key);
    return text;
}

std::string repeated(std::string const& one, int count)
{
    std::string list = one;
    for (int i = 1; i < count; ++i)
        list += "," + one;
    return list;
}

}  // namespace

TEST_SUITE("service/operations/inline_keys")
{
    TEST_CASE("inline keys: each key is charged, in every member that has keys")
    {
        auto const key = private_jwk(core::key_family::p521);
        auto const one = cost_of("\"key\":" + key, inline_purpose::decrypt);
        CHECK(one > core::work{});
        for (auto const& members :
             {"\"keys\":[" + repeated(key, 4) + "]",
              "\"jwks\":{\"keys\":[" + repeated(key, 4) + "]}"})
            CHECK(cost_of(members, inline_purpose::decrypt) >= 4 * one);
    }

    TEST_CASE("inline keys: a private half that is not read costs nothing")
    {
        auto const key = "\"key\":" + private_jwk(core::key_family::rsa, 2048);
        CHECK(cost_of(key, inline_purpose::sign) > 2 * cost_of(key, inline_purpose::verify));
    }

    TEST_CASE("inline keys: a secret is charged by its length before it is searched for a key")
    {
        auto const cost = [](std::string const& member, std::size_t octets) {
            bare_service here;
            auto const text = std::string(octets, 'A');
            auto const document =
                core::json::document::parse("{\"" + member + "\":\"" + text + "\"}");
            REQUIRE(document.has_value());
            body_reader read(document->root());
            auto const material = read_inline_material(read, here.scope, inline_purpose::decrypt);
            CHECK(material.has_value() == (octets == 44));  // the longer one is too long
            return here.budget.spent();
        };
        for (auto const* member : {"secret", "secret_b64"}) {
            CAPTURE(member);
            CHECK(cost(member, 44) > core::work{});
            CHECK(cost(member, 44) < std::chrono::microseconds(1));
            CHECK(cost(member, 44'000) == 1000 * cost(member, 44));
        }
    }

    TEST_CASE("inline keys: keys that cost more than the budget are work_exceeded")
    {
        bare_service here;
        here.budget = core::work_budget(std::chrono::microseconds(100), {});
        auto const members =
            "{\"keys\":[" + repeated(private_jwk(core::key_family::p521), 4) + "]}";
        auto const document = core::json::document::parse(members);
        body_reader read(document->root());
        auto const material = read_inline_material(read, here.scope, inline_purpose::decrypt);
        REQUIRE(!material.has_value());
        CHECK(material.error() == core::errc::work_exceeded);
    }
}
