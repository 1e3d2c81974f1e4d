#include "service/operations/sign.hpp"
#include "service/operations/verify_reply.hpp"
#include "service/operations/verify_request_reader.hpp"
#include "tests/service/operations/bare_service.hpp"

#include <doctest/doctest.h>

using namespace tests;

namespace {

std::string const key = R"("secret":"0123456789abcdef0123456789abcdef")";

core::json::document parsed(std::string text)
{
    return core::json::document::parse(std::move(text)).value();
}

service::verdict verdict_of(service::verify_request const& read, bare_service& here)
{
    return service::verify(read.terms, read.token, here.now, nullptr, here.counters, nullptr);
}

}  // namespace

TEST_SUITE("service/operations/verify")
{
    TEST_CASE("read_verify_request: what was read no longer needs its text")
    {
        bare_service here;
        auto const signed_answer =
            answer_of(service::sign_operation, R"({"claims":{"a":1},)" + key + "}", here);
        auto const token = member_of(signed_answer, "token");
        auto body = std::make_unique<core::json::document>(
            parsed(R"({"algorithms":["HS256"],"token":")" + token + "\"," + key + "}")
        );
        auto const read = service::read_verify_request(body->root(), here.scope);
        body.reset();
        REQUIRE(read.has_value());
        auto const found = verdict_of(*read, here);
        REQUIRE(found.token.has_value());
        CHECK(
            service::verify_reply(found, read->terms, here.now).find(R"("a":1)")
            != std::string::npos
        );
    }

    TEST_CASE("read_verify_request: of a token that is too long only its beginning is copied")
    {
        bare_service here;
        auto const body = parsed(
            R"({"algorithms":["HS256"],"token":")" + std::string(500'000, 'x') + "\"," + key + "}"
        );
        auto const read = service::read_verify_request(body.root(), here.scope);
        REQUIRE(read.has_value());
        CHECK(read->token.size() == here.settings.limits.token_bytes + 1);
        CHECK(verdict_of(*read, here).token.error() == core::errc::token_too_large);
    }

    TEST_CASE("verify: a JWS object in the body may be as deep as the body")
    {
        bare_service here;
        auto const signed_answer = answer_of(
            service::sign_operation, R"({"payload":"x","serialization":"flattened",)" + key + "}",
            here
        );
        auto token = member_of(signed_answer, "token");
        std::string const deep = std::string(29, '[') + std::string(29, ']');
        token.insert(1, R"("header":{"d":)" + deep + "},");
        auto const body =
            parsed(R"({"mode":"jws","algorithms":["HS256"],"token":)" + token + "," + key + "}");
        auto const read = service::read_verify_request(body.root(), here.scope);
        REQUIRE(read.has_value());
        CHECK(verdict_of(*read, here).token.has_value());
    }
}
