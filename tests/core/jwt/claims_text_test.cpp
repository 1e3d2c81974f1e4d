#include "core/jwt/claims_text.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

struct given {
    json::document document;
    explicit given(std::string text) : document(*json::document::parse(std::move(text))) {}
    json::value claims() const { return document.root(); }
};

}  // namespace

TEST_SUITE("core/jwt/claims_text")
{
    TEST_CASE("take: without additions the text is the caller's own, byte for byte")
    {
        for (auto const* own : {"{}", "{ }", R"({ "a" : 1.0e9 })"}) {
            CAPTURE(own);
            given const from(own);
            CHECK(claims_text(from.claims(), 0).take() == own);
        }
    }

    TEST_CASE("add: a comma comes between members and nowhere else")
    {
        given const none("{ }"), one(R"({"a":1})");
        claims_text to_none(none.claims(), 0), to_one(one.claims(), 0);
        for (auto* const to : {&to_none, &to_one}) {
            to->add("exp", std::int64_t{-7});
            to->add("jti", R"(a"b)");
            CHECK(to->add_forced("t\n", "[1]"));
        }
        CHECK(to_none.take() == R"({ "exp":-7,"jti":"a\"b","t\u000a":[1]})");
        CHECK(to_one.take() == R"({"a":1,"exp":-7,"jti":"a\"b","t\u000a":[1]})");
    }

    TEST_CASE("add_forced: a name that was added already is refused, and the text stays good")
    {
        given const none("{}");
        claims_text to(none.claims(), 0);
        to.add("iss", "urn:us");
        CHECK_FALSE(to.add_forced("iss", "1"));
        CHECK(to.add_forced("exp", "1"));
        CHECK(to.take() == R"({"iss":"urn:us","exp":1})");
    }
}
