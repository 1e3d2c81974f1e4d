#include "core/jwt/spiffe_id.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace core;

TEST_SUITE("core/jwt/spiffe_id")
{
    TEST_CASE("is_trust_domain: lower-case letters, digits, dots, dashes and underscores")
    {
        CHECK(is_trust_domain("example.org"));
        CHECK(is_trust_domain("k8s_west-1"));
        CHECK(is_trust_domain(std::string(255, 'a')));
        for (auto const& name :
             {std::string(), std::string(256, 'a'), std::string("Example.org"),
              std::string("a:443"), std::string("a@b"), std::string("a/b"),
              std::string("spiffe://a"), std::string("a b")})
            CHECK(!is_trust_domain(name));
    }

    TEST_CASE("is_workload_of: a path in the domain, and nothing that could be read otherwise")
    {
        auto const is = [](std::string_view id) { return is_workload_of("example.org", id); };
        CHECK(is("spiffe://example.org/a"));
        CHECK(is("spiffe://example.org/ns/Staging/sa/web_1.2-x"));
        CHECK(is("spiffe://example.org/..."));
        for (auto const* id :
             {"",
              "spiffe://example.org",
              "spiffe://example.org/",
              "spiffe://example.org/a/",
              "spiffe://example.org//a",
              "spiffe://example.org/a//b",
              "spiffe://example.org/.",
              "spiffe://example.org/a/../b",
              "spiffe://example.org/a%2fb",
              "spiffe://example.org/a?b",
              "spiffe://example.org/a#b",
              "spiffe://example.org/\xc3\xa9",
              "spiffe://example.org.evil/a",
              "spiffe://example.orgevil/a",
              "spiffe://evil/a",
              "spiffe://sub.example.org/a",
              "spiffe://x@example.org/a",
              "spiffe://example.org:1/a",
              "SPIFFE://example.org/a",
              "spiffe://EXAMPLE.org/a",
              "https://example.org/a",
              "example.org/a",
              " spiffe://example.org/a"})
            CHECK_MESSAGE(!is(id), id);
    }

    TEST_CASE("is_workload_of: 2048 bytes are an ID, 2049 are not")
    {
        std::string id = "spiffe://example.org/";
        id.append(2048 - id.size(), 'a');
        CHECK(is_workload_of("example.org", id));
        CHECK(!is_workload_of("example.org", id + "a"));
    }
}
