#include "service/operations/mock_token.hpp"

#include <doctest/doctest.h>

namespace {

constexpr core::instant now{std::chrono::seconds(1'800'000'000)};

/// The claims of a request, or what is wrong with it.
std::string claims_for(std::string_view body)
{
    auto const read = core::json::document::parse(std::string(body));
    REQUIRE(read.has_value());
    auto const what = service::read_mock_token(read->root());
    if (!what)
        return "refused: " + what.error().member;
    return service::claims_of(*what, "http://i", "id", now);
}

/// The same of its exp.
std::optional<std::int64_t> expiry_for(std::string_view body)
{
    auto const read = core::json::document::parse(std::string(body));
    REQUIRE(read.has_value());
    auto const what = service::read_mock_token(read->root());
    REQUIRE(what.has_value());
    return service::expiry_of(*what, now);
}

}  // namespace

TEST_SUITE("service/operations/mock_token")
{
    TEST_CASE("claims_of: the caller's text, then iss, iat, exp and jti")
    {
        CHECK(
            claims_for(R"({"claims": {"sub": "a", "n": 1.0}})")
            == R"({"sub": "a", "n": 1.0,"iss":"http://i","iat":1800000000,"exp":1800000900,"jti":"id"})"
        );
        CHECK(
            claims_for(R"({"claims": {}, "expires_in": 60})")
            == R"({"iss":"http://i","iat":1800000000,"exp":1800000060,"jti":"id"})"
        );
    }

    TEST_CASE("claims_of: what the caller's claims have is not added")
    {
        std::string const own = R"({"iss":"x","iat":1,"exp":2,"jti":"j"})";
        CHECK(claims_for(R"({"claims": )" + own + "}") == own);
    }

    TEST_CASE("claims_of: expired -> exp an hour ago; not_yet_valid -> nbf in an hour")
    {
        CHECK(
            claims_for(R"({"claims": {}, "fault": "expired", "expires_in": 60})")
            == R"({"iss":"http://i","iat":1799996340,"exp":1799996400,"jti":"id"})"
        );
        CHECK(
            claims_for(R"({"claims": {}, "fault": "not_yet_valid"})")
            == R"({"iss":"http://i","iat":1800000000,"nbf":1800003600,"exp":1800004500,"jti":"id"})"
        );
    }

    TEST_CASE("expiry_of: the exp that claims_of writes, or the caller's own whole number")
    {
        CHECK(expiry_for(R"({"claims": {}, "expires_in": 60})") == 1'800'000'060);
        CHECK(expiry_for(R"({"claims": {}, "fault": "expired"})") == 1'799'996'400);
        CHECK(expiry_for(R"({"claims": {}, "fault": "not_yet_valid"})") == 1'800'004'500);
        CHECK(expiry_for(R"({"claims": {"exp": 2}})") == 2);
        CHECK(!expiry_for(R"({"claims": {"exp": "2"}})"));
        CHECK(!expiry_for(R"({"claims": {"exp": 2.5}})"));
    }

    TEST_CASE("read_mock_token: what would decide nothing, or is unknown -> request_invalid")
    {
        for (auto const& [body, member] :
             {std::pair{R"({})", "claims"}, std::pair{R"({"claims": []})", "claims"},
              std::pair{R"({"claims": {}, "fault": "late"})", "fault"},
              std::pair{R"({"claims": {"exp": 1}, "fault": "expired"})", "fault"},
              std::pair{R"({"claims": {"nbf": 1}, "fault": "not_yet_valid"})", "fault"},
              std::pair{R"({"claims": {}, "expires_in": 0})", "expires_in"},
              std::pair{R"({"claims": {}, "expires_in": 31622401})", "expires_in"},
              std::pair{R"({"claims": {"exp": 1}, "expires_in": 1})", "expires_in"},
              std::pair{R"({"claims": {}, "alg": "none"})", "alg"}}) {
            CAPTURE(body);
            CHECK(claims_for(body) == "refused: " + std::string(member));
        }
    }

    TEST_CASE("header_of: alg, typ unless it is empty, and the kid")
    {
        auto const body = core::json::document::parse(R"({"claims": {}, "typ": "at+jwt"})").value();
        auto what = service::read_mock_token(body.root()).value();
        CHECK(
            service::header_of(what, "k", "ES256") == R"({"alg":"ES256","typ":"at+jwt","kid":"k"})"
        );
        what.typ = "";
        CHECK(service::header_of(what, "k", "ES256") == R"({"alg":"ES256","kid":"k"})");
    }
}
