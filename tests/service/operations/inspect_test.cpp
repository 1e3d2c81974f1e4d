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
