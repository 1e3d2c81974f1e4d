#include "core/base/base64url.hpp"
#include "core/crypto/key.hpp"
#include "core/keys/jwk_write.hpp"
#include "service/operations/claims_reader.hpp"
#include "service/operations/sign.hpp"
#include "tests/service/operations/bare_service.hpp"

#include <doctest/doctest.h>

using namespace tests;
using service::context;
using service::sign_operation;

namespace {

std::string const key = R"("secret":"0123456789abcdef0123456789abcdef")";

std::string private_key(core::key_family family, std::size_t bits = 0)
{
    core::jwk made;
    made.material = core::crypto::generate(family, bits).value();
    std::string text;
    core::append_private_jwk(text, made);
    return "\"key\":" + text;
}

/// What a request costs.
core::work cost_of(std::string const& members)
{
    bare_service here;
    auto const answer = answer_of(sign_operation, members, here);
    CAPTURE(members);
    REQUIRE(answer.body.has_value());
    return here.budget.spent();
}

}  // namespace

TEST_SUITE("service/operations/sign")
{
    TEST_CASE("sign: a request that was read no longer needs its text")
    {
        bare_service here;
        auto const request = read_by(
            sign_operation,
            R"({"claims":{"sub":"a long enough subject to be on the heap"},"typ":"at+jwt",)"
            R"("header":{"x":"a long enough header to be on the heap too"},"jti":"some id",)"
                + key + "}",
            here
        );
        REQUIRE(request.has_value());
        auto const token = service::sign(*request, here.scope, nullptr);
        REQUIRE(token.has_value());
        CHECK(token->starts_with("eyJ4IjoiYSBsb25nIGVub3VnaCBoZWFkZXIg"));
        auto const answer = sign_operation.run(*request, here.scope, nullptr);
        CHECK(member_of(answer, "token") == *token);
        CHECK(member_of(answer, "jti") == "some id");
        CHECK(member_of(answer, "alg") == "HS256");
    }

    TEST_CASE("sign: at_hash and c_hash go by the curve, under EdDSA, Ed448 and Ed25519")
    {
        bare_service here;
        auto const claims_of = [&](core::key_family family, std::string const& alg) {
            auto const answer = answer_of(
                sign_operation,
                R"({"claims":{},"access_token":"t0ken","code":"t0ken","alg":")" + alg + "\","
                    + private_key(family) + "}",
                here
            );
            auto const token = member_of(answer, "token");
            auto const from = token.find('.') + 1;
            return core::base64url_decode_text(token.substr(from, token.rfind('.') - from))
                .value_or("");
        };
        std::string const ed448 =
            "-6jLhtyuksSquu8y-LrIx7KmJFw9FTEAF1AKSHXkQnbfKjD1g1bZbOc0eLKBKeVjE3Ex8atuPbfW";
        std::string const ed25519 = "lkyvr0xWYtvQ-CNQ5kbuISoFDvY_ngpezzkqIIHe9c4";
        auto const both = [](std::string const& half) {
            return R"({"at_hash":")" + half + R"(","c_hash":")" + half + "\"}";
        };
        CHECK(claims_of(core::key_family::ed448, "EdDSA") == both(ed448));
        CHECK(claims_of(core::key_family::ed448, "Ed448") == both(ed448));
        CHECK(claims_of(core::key_family::ed25519, "EdDSA") == both(ed25519));
        CHECK(claims_of(core::key_family::ed25519, "Ed25519") == both(ed25519));
    }

    TEST_CASE("sign: a failure says whether keys of the request are part of its context")
    {
        bare_service here;
        auto const context_of = [&](std::string const& members) {
            return answer_of(sign_operation, members, here).where;
        };
        CHECK(context_of(R"({"claims":{}})") == context::sign);
        CHECK(context_of(R"({"claims":{},"key":7})") == context::sign_inline);
        here.settings.limits.token_bytes = 10;
        CHECK(context_of(R"({"claims":{},)" + key + "}") == context::sign_inline);
        auto const refused = answer_of(sign_operation, R"({"claims":{},)" + key + "}", here);
        REQUIRE(!refused.body.has_value());
        CHECK(refused.body.error() == core::errc::token_too_large);
    }

    TEST_CASE("sign: every signature, key and recipient is charged")
    {
        using namespace std::chrono_literals;
        auto const rsa = private_key(core::key_family::rsa, 3072);
        auto const signed_by = [](std::string const& signers) {
            return cost_of(
                R"({"payload":"x","serialization":"general","signers":[)" + signers + "]}"
            );
        };
        auto const one = signed_by("{" + rsa + "}");
        CHECK(one > 1ms);  // so that it leaves the I/O threads
        CHECK(signed_by("{" + rsa + "},{" + rsa + "}") > one * 19 / 10);
        CHECK(cost_of(R"({"claims":{},)" + key + "}") < 100us);
        CHECK(cost_of(R"({"claims":{},)" + private_key(core::key_family::p256) + "}") < 1ms);
    }

    TEST_CASE("sign: `aud` is charged by its length times that of the profile's audiences")
    {
        using namespace std::chrono_literals;
        service::ready_sign_profile profile;
        profile.claims.audiences.assign(100, "b");
        profile.claims.audiences.emplace_back("a");
        profile.claims.ttl = profile.claims.max_ttl = 60s;
        auto const other = read_by(sign_operation, R"({"claims":{},)" + key + "}", bare_service());
        auto by = other->signers.front();
        profile.key = by.own;
        by.profile = &profile;
        auto const spent = [&](std::size_t times, core::work all) {
            std::string list = R"("a")";
            for (std::size_t i = 1; i < times; ++i)
                list += R"(,"a")";
            bare_service here;
            here.budget = core::work_budget(all, {});
            auto const body = core::json::document::parse(R"({"aud":[)" + list + "]}");
            auto const none = core::json::document::parse("{}");
            service::body_reader read(none->root());
            auto const issued = service::read_issued_claims(read, body->root(), by, here.scope);
            CHECK((issued || issued.error() == core::errc::work_exceeded));
            return issued ? here.budget.spent() : core::work(-1);
        };
        auto const once = spent(1, 1s);
        CHECK(once > 500ns);
        CHECK(spent(1000, 1s) == once * 1000);
        CHECK(spent(1000, once * 999) == core::work(-1));
    }

    TEST_CASE("sign: a request that costs more than its budget is work_exceeded before it is signed"
    )
    {
        bare_service here;
        auto const rsa = private_key(core::key_family::rsa, 2048);
        here.budget = core::work_budget(std::chrono::microseconds(500), {});
        auto const refused = answer_of(sign_operation, R"({"claims":{},)" + rsa + "}", here);
        REQUIRE(!refused.body.has_value());
        CHECK(refused.body.error() == core::errc::work_exceeded);
        CHECK(here.budget.spent() < std::chrono::microseconds(500));
        CHECK(!here.budget.is_held_up());
    }

    TEST_CASE("sign: a request that is held up is not counted; done again it is counted once")
    {
        bare_service here;
        auto const rsa = private_key(core::key_family::rsa, 2048);
        auto const request = read_by(sign_operation, R"({"claims":{},)" + rsa + "}", here);
        auto const counted = [&](service::outcome how) {
            return here.counters.value<"signet_sign_total">(service::metrics::other, how);
        };
        here.budget.hold_to(std::chrono::microseconds(500));
        CHECK(!service::sign(*request, here.scope, nullptr).has_value());
        CHECK(here.budget.is_held_up());
        CHECK(counted(core::errc::work_exceeded) + counted(service::outcome{}) == 0);
        here.budget.release();
        CHECK(service::sign(*request, here.scope, nullptr).has_value());
        CHECK(counted(core::errc::work_exceeded) == 0);
        CHECK(counted(service::outcome{}) == 1);
    }
}
