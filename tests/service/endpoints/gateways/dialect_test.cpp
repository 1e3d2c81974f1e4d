#include "service/endpoints/gateways/dialect.hpp"

#include <doctest/doctest.h>

using namespace service;

TEST_SUITE("service/endpoints/gateways/dialect")
{
    TEST_CASE("dialect_of: each name has the row of that name")
    {
        for (std::size_t i = 0; i < config::dialect_names.size(); ++i) {
            auto const name = static_cast<config::dialect>(i);
            CHECK(dialect_of(name).name == name);
        }
    }

    TEST_CASE("profile_in: what follows the prefix up to a slash, as it was sent")
    {
        CHECK(profile_in(forward_dialect, "/auth/forward/api") == "api");
        CHECK(profile_in(nginx_dialect, "/auth/nginx/a%2Fb") == "a%2Fb");
        CHECK(profile_in(envoy_dialect, "/auth/envoy/api/orders/1") == "api");
        for (auto const* none : {"/auth", "/auth/forward", "/auth/forward/", "/auth/forwarded/x"})
            CHECK(profile_in(forward_dialect, none).empty());
        CHECK(profile_in(plain_dialect, "/auth/forward/api").empty());
    }

    TEST_CASE("is_forward_path, is_nginx_path, is_envoy_path: the first two end at the profile, "
              "the last goes on")
    {
        config::settings const none;
        CHECK(is_forward_path("/auth/forward/api", none));
        CHECK(is_nginx_path("/auth/nginx/api", none));
        for (auto const* path :
             {"/auth/forward", "/auth/forward/", "/auth/forward/api/", "/auth/forward/api/x",
              "/auth/forward//api", "/auth/nginx/api"})
            CHECK_FALSE(is_forward_path(path, none));
        CHECK(is_envoy_path("/auth/envoy/api", none));
        CHECK(is_envoy_path("/auth/envoy/api/", none));
        CHECK(is_envoy_path("/auth/envoy/api//x/..%2f", none));
        for (auto const* path : {"/auth/envoy", "/auth/envoy/", "/auth/envoy//x", "/auth/envoyx/y"})
            CHECK_FALSE(is_envoy_path(path, none));
    }
}
