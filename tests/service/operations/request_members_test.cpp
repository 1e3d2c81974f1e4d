#include "service/operations/request_members.hpp"

#include <doctest/doctest.h>

using service::request_members;

namespace {

core::json::document parsed(std::string text)
{
    return core::json::document::parse(std::move(text)).value();
}

}  // namespace

TEST_SUITE("service/operations/request_members")
{
    TEST_CASE("request_members: an item has its own members and the shared ones, but not the list")
    {
        auto const body = parsed(R"({"items":[{"token":"a"}],"profile":"p"})");
        auto const item = *body.root().find("items")->begin();
        request_members const members(item, body.root(), "items");
        CHECK(members.find("token")->string() == "a");
        CHECK(members.find("profile")->string() == "p");
        CHECK(!members.find("items"));
        CHECK(!members.find("x"));
    }

    TEST_CASE("request_members: the first names are its own, and no more than asked for")
    {
        auto const body = parsed(R"({"items":[{"a":1,"b":2,"c":3}],"d":4})");
        auto const item = *body.root().find("items")->begin();
        using names = std::vector<std::string_view>;
        CHECK(request_members(item, body.root(), "items").first_names(2) == names{"a", "b"});
        CHECK(request_members(item, body.root(), "items").first_names(9) == names{"a", "b", "c"});
        auto const tokens = parsed(R"({"tokens":["a"]})");
        auto const text = *tokens.root().find("tokens")->begin();
        CHECK(request_members(text, tokens.root(), "tokens").first_names(9).empty());
    }

    TEST_CASE("request_members: a string is the member token")
    {
        auto const body = parsed(R"({"tokens":["a"],"profile":"p"})");
        auto const item = *body.root().find("tokens")->begin();
        request_members const members(item, body.root(), "tokens");
        CHECK(members.find("token")->string() == "a");
        CHECK(members.find("profile")->string() == "p");
        CHECK(!members.find("tokens"));
        CHECK(members.first_not_in(std::vector<std::string_view>{"profile"}) == "token");
    }

    TEST_CASE(
        "request_members: a member that nobody knows is found in the item and in what is shared"
    )
    {
        auto const body = parsed(R"({"items":[{"a":1}],"b":2})");
        auto const item = *body.root().find("items")->begin();
        request_members const members(item, body.root(), "items");
        using names = std::vector<std::string_view>;
        CHECK(members.first_not_in(names{"b"}) == "a");
        CHECK(members.first_not_in(names{"a"}) == "b");
        CHECK(!members.first_not_in(names{"a", "b"}));
        CHECK(request_members(body.root()).first_not_in(names{"b"}) == "items");
    }
}
