#include "core/base/base64url.hpp"
#include "core/jws/unverified_jws.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

std::string protected_by(std::string_view header)
{
    return R"({"protected":")" + base64url_encode(as_bytes(header)) + R"(","signature":"AA"})";
}

result<unverified_jws> parsed(std::string_view signatures)
{
    auto const text = R"({"payload":"","signatures":[)" + std::string(signatures) + "]}";
    auto const token = json::document::parse(text);
    return unverified_jws::parse_json(token->root());
}

std::string const unprotected = R"({"header":{"alg":"ES512"},"signature":"AA"})";
std::string const unknown = protected_by(R"({"alg":"XS256"})");
std::string const good = protected_by(R"({"alg":"HS256"})");

}  // namespace

TEST_SUITE("core/jws/unverified_jws")
{
    TEST_CASE("parse_json: signatures whose alg nobody here computes are set aside, in their place")
    {
        auto const jws = parsed(unprotected + "," + unknown + "," + good + "," + unprotected);
        REQUIRE(jws.has_value());
        REQUIRE(jws->signatures().size() == 1);
        CHECK(jws->signatures().front().position == 2);
        CHECK(jws->signatures().front().header.algorithm().name == "HS256");
    }

    TEST_CASE("parse_json: when every signature was set aside, the first one says why")
    {
        CHECK(parsed(unprotected + "," + unknown).error() == errc::header_invalid);
        CHECK(parsed(unknown + "," + unprotected).error() == errc::algorithm_unsupported);
    }

    TEST_CASE("parse_json: an unsound signature is never set aside")
    {
        auto const none = protected_by(R"({"alg":"none"})");
        auto const twice = protected_by(R"({"alg":"HS256","alg":"HS256"})");
        auto const critical = protected_by(R"({"alg":"HS256","crit":["exp"],"exp":1})");
        CHECK(parsed(good + "," + none).error() == errc::algorithm_not_allowed);
        CHECK(parsed(good + "," + twice).error() == errc::header_invalid);
        CHECK(parsed(good + "," + critical).error() == errc::header_invalid);
        CHECK(
            parsed(good + R"(,{"protected":7,"signature":"AA"})").error() == errc::header_invalid
        );
        CHECK(parsed(good + R"(,{"signature":7})").error() == errc::token_malformed);
    }
}
