#include "core/policy/access_policy.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

original_request request_of(std::string_view method, std::string_view path)
{
    original_request request;
    request.method = method;
    request.path = path;
    return request;
}

std::string verdict(
    access_policy const& policy, std::string_view method, std::string_view path, std::string claims
)
{
    auto const doc = json::document::parse(std::move(claims));
    REQUIRE(doc.has_value());
    auto const outcome = authorise(policy, request_of(method, path), doc->root());
    if (outcome)
        return "ok";
    return std::string(to_string(outcome.error().code)) + " " + outcome.error().claim;
}

access_policy orders()
{
    access_rule write;
    write.path = "/orders/**";
    write.methods = {"POST"};
    write.scopes.all = {"orders:write"};
    write.claims = {{"tid", claim_rule::kind::equals, {"\"t1\""}}};
    access_rule read;
    read.path = "/orders/**";
    read.methods = {"GET"};
    read.scopes.any = {"orders:read", "orders:write"};
    access_policy policy;
    policy.rules = access_rules({write, read});
    return policy;
}

}  // namespace

TEST_SUITE("core/policy/access_policy")
{
    TEST_CASE("reads_requests: with rules, exemptions or preflights")
    {
        access_policy policy;
        CHECK_FALSE(policy.reads_requests());
        policy.allow_cors_preflight = true;
        CHECK(policy.reads_requests());
        policy = {};
        policy.exempt = {"/health"};
        CHECK(policy.reads_requests());
        CHECK(orders().reads_requests());
    }

    TEST_CASE("admit: exempt paths are exact, or prefixes that end at a segment")
    {
        access_policy policy;
        policy.exempt = {"/health", "/public/**"};
        for (auto const* path :
             {"/health", "/%68ealth", "/public", "/public/", "/public/a/b", "/publi%63/a"}) {
            CAPTURE(path);
            CHECK(admit(policy, request_of("GET", path), "", "") == admission::exempt);
        }
        for (auto const* path : {"/health/", "/healthz", "/Health", "/publicity", "/", "/%zz"}) {
            CAPTURE(path);
            CHECK(admit(policy, request_of("GET", path), "", "") == admission::by_token);
        }
    }

    TEST_CASE("admit: a preflight is OPTIONS with Origin and Access-Control-Request-Method")
    {
        access_policy policy;
        policy.allow_cors_preflight = true;
        auto const options = request_of("OPTIONS", "/orders");
        CHECK(admit(policy, options, "https://a", "PUT") == admission::preflight);
        CHECK(admit(policy, options, "", "PUT") == admission::by_token);
        CHECK(admit(policy, options, "https://a", "") == admission::by_token);
        CHECK(
            admit(policy, request_of("GET", "/orders"), "https://a", "PUT") == admission::by_token
        );
        CHECK(
            admit(policy, request_of("options", "/orders"), "https://a", "PUT")
            == admission::by_token
        );
        policy.allow_cors_preflight = false;
        CHECK(admit(policy, options, "https://a", "PUT") == admission::by_token);
    }

    TEST_CASE("authorise: without rules every request of a good token passes")
    {
        CHECK(verdict({}, "DELETE", "/anything", "{}") == "ok");
    }

    TEST_CASE("authorise: a request that no rule matches -> access_denied")
    {
        auto const policy = orders();
        auto const claims = R"({"scope":"orders:read orders:write","tid":"t1"})";
        CHECK(verdict(policy, "GET", "/orders/1", claims) == "ok");
        CHECK(verdict(policy, "POST", "/orders", claims) == "ok");
        CHECK(verdict(policy, "PUT", "/orders/1", claims) == "access_denied ");
        CHECK(verdict(policy, "GET", "/invoices", claims) == "access_denied ");
        CHECK(verdict(policy, "", "", claims) == "access_denied ");
    }

    TEST_CASE("authorise: the scopes of the rule, all or any -> scope_insufficient")
    {
        auto const policy = orders();
        CHECK(verdict(policy, "GET", "/orders", R"({"scp":["orders:write"]})") == "ok");
        CHECK(
            verdict(policy, "GET", "/orders", R"({"scope":"other"})") == "scope_insufficient scope"
        );
        CHECK(verdict(policy, "GET", "/orders", "{}") == "scope_insufficient scope");
        CHECK(
            verdict(policy, "POST", "/orders", R"({"scope":"orders:read","tid":"t1"})")
            == "scope_insufficient scope"
        );
    }

    TEST_CASE("authorise: the claims of the rule come before its scopes -> access_denied")
    {
        auto const policy = orders();
        CHECK(verdict(policy, "POST", "/orders", R"({"tid":"t2"})") == "access_denied tid");
        CHECK(
            verdict(policy, "POST", "/orders", R"({"scope":"orders:write"})") == "access_denied tid"
        );
    }
}
