#include "service/endpoints/gateways/dialect.hpp"
#include "tests/service/endpoints/gateways/callout.hpp"

#include <doctest/doctest.h>

using namespace tests;
using namespace service;
using core::errc;

namespace {

callout::fields const good{{"Host", "app.example.com"}, {"X-Forwarded-Proto", "https"}};

core::result<core::original_request>
read(std::string_view target, std::string_view method = "GET", callout::fields fields = good)
{
    return envoy_dialect.read(callout(std::move(fields), target, method).request());
}

config::verify_profile mapping()
{
    config::verify_profile profile;
    profile.headers = {{"X-Auth-Subject", "sub"}, {"X-Auth-Role", "role"}};
    return profile;
}

decision allowed(config::verify_profile const& by, std::string_view role)
{
    decision made{.how = decided::allowed, .by = &by};
    made.mapped.add("X-Auth-Subject", "alice");
    made.mapped.add("X-Auth-Role", role);
    return made;
}

}  // namespace

TEST_SUITE("service/endpoints/gateways/envoy")
{
    TEST_CASE("read: the call's own method, host, query, and the path after the profile")
    {
        auto const got = read("/auth/envoy/api/orders/1?x=2", "DELETE");
        REQUIRE(got.has_value());
        CHECK(got->method == "DELETE");
        CHECK(got->scheme == "https");
        CHECK(got->host == "app.example.com");
        CHECK(got->path == "/orders/1");
        CHECK(got->query == "x=2");
        CHECK(read("/auth/envoy/api/").value().path == "/");
    }

    TEST_CASE("read: Host and X-Forwarded-Proto are needed, once")
    {
        for (auto const& fields :
             {callout::fields{good[0]}, callout::fields{good[1]},
              callout::fields{good[0], good[1], good[1]},
              callout::fields{good[0], good[1], {"X_Forwarded_Proto", "http"}},
              callout::fields{good[0], {"X-Forwarded-Proto", "https,http"}}})
            CHECK(read("/auth/envoy/api/x", "GET", fields).error() == errc::request_invalid);
    }

    TEST_CASE("read: a path that could be read in two ways, or none -> path_forbidden")
    {
        for (auto const* target :
             {"/auth/envoy/api", "/auth/envoy/api?x", "/auth/envoy/api//x", "/auth/envoy/api/../x",
              "/auth/envoy/api/%2e%2e/x", "/auth/envoy/api/a%2Fb", "/auth/envoy/api/a;b"}) {
            CAPTURE(target);
            CHECK(read(target).error() == errc::path_forbidden);
        }
    }

    TEST_CASE("answer: a refusal is never a 5xx, and cannot decide always 503")
    {
        for (std::size_t i = 0; i < core::errc_count; ++i) {
            auto const code = static_cast<errc>(i);
            CAPTURE(core::to_string(code));
            auto const reply = envoy_dialect.answer(refuse_token(code, nullptr));
            CHECK((reply.status == 503) == core::cannot_decide(code));
            CHECK((reply.status >= 500) == core::cannot_decide(code));
        }
    }

    TEST_CASE("answer: mapped headers without a value are removed from the client's request")
    {
        auto const profile = mapping();
        auto const some = envoy_dialect.answer(allowed(profile, ""));
        CHECK(some.status == 200);
        CHECK(some.headers.find("X-Auth-Role") == "");
        CHECK(some.headers.find("x-envoy-auth-headers-to-remove") == "X-Auth-Role");
        auto const all = envoy_dialect.answer(allowed(profile, "admin"));
        CHECK_FALSE(all.headers.find("x-envoy-auth-headers-to-remove").has_value());
    }

    TEST_CASE(
        "answer: where tokens come from elsewhere, an Authorization that nobody read is removed"
    )
    {
        auto profile = mapping();
        profile.token_sources = {{config::token_source::kind::cookie, "session"}};
        auto const reply = envoy_dialect.answer(allowed(profile, "admin"));
        CHECK(reply.headers.find("x-envoy-auth-headers-to-remove") == "Authorization");
    }
}
