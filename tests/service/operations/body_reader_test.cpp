#include "service/operations/body_reader.hpp"

#include <doctest/doctest.h>

using namespace service;
using core::errc;

namespace {

core::result<core::json::document> parse(std::string_view body)
{
    return parse_body(body, config::limit_settings{});
}

/// The member that is at fault when `use` reads `body`; "-" when none is.
template <class Use> std::string fault_in(std::string_view body, Use use)
{
    auto const document = parse(body);
    REQUIRE(document.has_value());
    body_reader read(document->root());
    use(read);
    auto const problem = read.finish();
    if (!problem)
        return "-";
    CHECK(problem->code == errc::request_invalid);
    return problem->member;
}

}  // namespace

TEST_SUITE("service/operations/body_reader")
{
    TEST_CASE("parse_body: anything but one strict JSON object is request_invalid")
    {
        for (std::string_view body :
             {"", "[]", "1", "null", "{", "{}x", R"({"a":1,"a":2})", R"({"a":NaN})",
              "{\"a\":\"\xff\"}", R"({"a":1,})"}) {
            CAPTURE(body);
            auto const got = parse(body);
            REQUIRE(!got.has_value());
            CHECK(got.error().code == errc::request_invalid);
        }
        CHECK(!parse(std::string(40, '[') + std::string(40, ']')).has_value());
        CHECK(parse("{}").has_value());
    }

    TEST_CASE("exactly_one_of: a misspelt member is named, rather than called missing")
    {
        auto const choose = [](auto& r) { r.exactly_one_of({"claims", "payload"}); };
        CHECK(fault_in(R"({"claim":{}})", choose) == "claim");
        CHECK(fault_in(R"({"key":"a","playload":""})", choose) == "playload");
        CHECK(fault_in(R"({"key":"a"})", choose) == "claims");
        CHECK(fault_in(R"({"claims":{},"payload":""})", choose) == "payload");
        CHECK(fault_in(R"({"clams":1})", [](auto& r) {
                  r.any("clams"), r.exactly_one_of({"claims", "payload"});
              }) == "claims");
        // A sender of thousands of names is not compared with all of them.
        std::string many = "{";
        for (int i = 0; i < 16; ++i)
            many += "\"x" + std::to_string(i) + "\":1,";
        CHECK(fault_in(many + R"("claim":{}})", choose) == "claims");
    }

    TEST_CASE("body_reader: an ill-typed member is the problem, by its name")
    {
        std::string_view const body = R"({"a":1,"b":"x"})";
        CHECK(fault_in(body, [](auto& r) { r.string("a"), r.any("b"); }) == "a");
        CHECK(fault_in(body, [](auto& r) { r.boolean("a"), r.any("b"); }) == "a");
        CHECK(fault_in(body, [](auto& r) { r.any("a"), r.integer("b"); }) == "b");
        CHECK(fault_in(body, [](auto& r) { r.any("a"), r.object("b"); }) == "b");
        CHECK(fault_in(body, [](auto& r) { r.any("a"), r.array("b"); }) == "b");
        CHECK(fault_in(body, [](auto& r) { r.any("a"), r.string_list("b"); }) == "b");
        CHECK(fault_in(body, [](auto& r) { r.string_or_list("a"), r.any("b"); }) == "a");
        CHECK(fault_in(body, [](auto& r) { r.integer("a"), r.string("b"); }) == "-");
        CHECK(fault_in(R"({"a":null})", [](auto& r) { r.string("a"); }) == "a");
        CHECK(fault_in(R"({"a":1.5})", [](auto& r) { r.integer("a"); }) == "a");
        CHECK(fault_in(R"({"a":["x",1]})", [](auto& r) { r.string_or_list("a"); }) == "a");
    }

    TEST_CASE("body_reader: what nobody asked for is unknown, with a guess at what was meant")
    {
        auto const document = parse(R"({"audiance":"x"})");
        body_reader read(document->root());
        read.string("audience");
        read.string("token");
        auto const problem = read.finish();
        REQUIRE(problem);
        CHECK(problem->member == "audiance");
        CHECK(problem->detail == "This member is not known; did you mean `audience`?");
        auto const swapped = parse(R"({"algoirthm":"x"})");
        body_reader other(swapped->root());
        other.string("algorithms");
        CHECK(other.finish()->detail == "This member is not known; did you mean `algorithms`?");
        CHECK(fault_in(R"({"zzzzzzzz":1})", [](auto& r) { r.string("token"); }) == "zzzzzzzz");
        CHECK(
            fault_in("{\"" + std::string(200, 'z') + "\":1}", [](auto&) {}) == std::string(64, 'z')
        );
    }

    TEST_CASE("body_reader: the first problem is the one that is told")
    {
        CHECK(
            fault_in(R"({"x":1,"a":1})", [](auto& r) { r.string("a"), r.refuse("b", "no"); }) == "a"
        );
    }

    TEST_CASE("body_reader: required_string, exactly_one_of and at_most_one_of")
    {
        CHECK(fault_in("{}", [](auto& r) { r.required_string("token"); }) == "token");
        CHECK(fault_in("{}", [](auto& r) { r.exactly_one_of({"a", "b"}); }) == "a");
        CHECK(fault_in(R"({"a":1,"b":1})", [](auto& r) { r.exactly_one_of({"a", "b"}); }) == "b");
        CHECK(
            fault_in(
                R"({"b":1})",
                [](auto& r) {
                    CHECK(r.exactly_one_of({"a", "b"}) == 1);
                }
            )
            == "-"
        );
        CHECK(
            fault_in(
                "{}",
                [](auto& r) {
                    CHECK(r.at_most_one_of({"a", "b"}) == body_reader::npos);
                }
            )
            == "-"
        );
    }

    TEST_CASE("body_reader: an empty list is a problem, however it is read")
    {
        CHECK(fault_in(R"({"a":[]})", [](auto& r) { r.string_list("a"); }) == "a");
        CHECK(fault_in(R"({"a":[]})", [](auto& r) { r.string_or_list("a"); }) == "a");
        CHECK(fault_in(R"({"a":["x"]})", [](auto& r) { r.string_list("a"); }) == "-");
        CHECK(fault_in(R"({"a":[]})", [](auto& r) { r.array("a"); }) == "-");
    }

    TEST_CASE("body_reader: bytes are base64url without padding, and not empty")
    {
        CHECK(
            fault_in(
                R"({"a":"AAE"})",
                [](auto& r) {
                    CHECK(r.octets("a") == core::bytes{0, 1});
                }
            )
            == "-"
        );
        CHECK(
            fault_in(R"({"a":""})", [](auto& r) { CHECK(r.octets("a") == core::bytes{}); }) == "a"
        );
        CHECK(fault_in("{}", [](auto& r) { CHECK(!r.octets("a")); }) == "-");
        for (auto const* body : {R"({"a":"AAE="})", R"({"a":"A+E"})", R"({"a":1})", R"({"a":"A"})"})
            CHECK(fault_in(body, [](auto& r) { CHECK(!r.octets("a")); }) == "a");
    }

    TEST_CASE("body_reader: a string counts as a list of one")
    {
        auto const document = parse(R"({"a":"x","b":["y","z"]})");
        body_reader read(document->root());
        CHECK(read.string_or_list("a") == std::vector<std::string_view>{"x"});
        CHECK(read.string_or_list("b") == std::vector<std::string_view>{"y", "z"});
        CHECK(!read.string_or_list("c"));
        CHECK(!read.finish());
    }
}
