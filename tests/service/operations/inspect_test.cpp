#include "core/base/base64url.hpp"
#include "service/operations/inspect.hpp"
#include "tests/service/operations/bare_service.hpp"

#include <doctest/doctest.h>

namespace {

core::result<std::string> report(std::string const& members)
{
    tests::bare_service here;
    return tests::answer_of(service::inspect_operation, "{" + members + "}", here).body;
}

std::string verdict(std::string const& token, std::string const& expect)
{
    auto const got = report("\"token\":\"" + token + "\",\"expect\":" + expect);
    REQUIRE(got.has_value());
    auto const document = core::json::document::parse(*got);
    auto const found = document->root().find("claims_verdict");
    return found ? std::string(found->string()) : "(absent)";
}

std::string refused_member(std::string const& members)
{
    auto const got = report(members);
    REQUIRE(!got.has_value());
    CHECK(got.error().code == core::errc::request_invalid);
    return std::string(got.error().member);
}

std::string const claims_token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.AA";  // {"sub":"a"}
std::string const payload_token = "eyJhbGciOiJIUzI1NiJ9.aGk.AA";             // hi

}  // namespace

TEST_SUITE("service/operations/inspect")
{
    TEST_CASE("inspect: expect always has a verdict; without claims it is token_malformed")
    {
        CHECK(verdict(claims_token, "{}") == "no_objection");
        CHECK(verdict(claims_token, R"({"subject":"b"})") == "subject_mismatch");
        CHECK(verdict(payload_token, "{}") == "token_malformed");
        CHECK(verdict(payload_token, R"({"subject":"b"})") == "token_malformed");
        CHECK(
            verdict("eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AA.AA.AA", "{}") == "token_malformed"
        );
    }

    TEST_CASE("inspect: under EdDSA the size of the signature decides the hash of at_hash")
    {
        auto const outcome = [](std::string const& half, std::size_t signature_octets) {
            auto const claims = R"({"at_hash":")" + half + "\"}";
            return verdict(
                core::base64url_encode(core::as_bytes(std::string_view(R"({"alg":"EdDSA"})"))) + "."
                    + core::base64url_encode(core::as_bytes(std::string_view(claims))) + "."
                    + core::base64url_encode(core::bytes(signature_octets)),
                R"({"access_token":"t0ken"})"
            );
        };
        std::string const ed448 =
            "-6jLhtyuksSquu8y-LrIx7KmJFw9FTEAF1AKSHXkQnbfKjD1g1bZbOc0eLKBKeVjE3Ex8atuPbfW";
        std::string const ed25519 = "lkyvr0xWYtvQ-CNQ5kbuISoFDvY_ngpezzkqIIHe9c4";
        CHECK(outcome(ed448, 114) == "no_objection");
        CHECK(outcome(ed25519, 114) == "token_hash_mismatch");
        CHECK(outcome(ed25519, 64) == "no_objection");
        CHECK(outcome(ed448, 64) == "token_hash_mismatch");
    }

    TEST_CASE("inspect: expect goes with a token, and its problems name the member")
    {
        CHECK(refused_member(R"("key":{"kty":"oct","k":"AA"},"expect":{})") == "expect");
        auto const of = [](std::string const& expect) {
            return refused_member("\"token\":\"" + claims_token + "\",\"expect\":" + expect);
        };
        CHECK(of("[]") == "expect");
        CHECK(of(R"({"typ":[]})") == "typ");
        CHECK(of(R"({"claims":{}})") == "claims");
        CHECK(of(R"({"mode":"jws"})") == "mode");
        CHECK(of(R"({"audiense":"x"})") == "audiense");
    }
}
