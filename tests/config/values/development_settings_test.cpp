#include "config/values/development_settings.hpp"
#include "config/values/settings.hpp"

#include <doctest/doctest.h>

TEST_SUITE("config/values/development_settings")
{
    TEST_CASE("url_of_development: the listener's address and port, every address as localhost")
    {
        for (auto const& [host, url] :
             {std::pair{"127.0.0.1", "http://127.0.0.1:8080"},
              std::pair{"0.0.0.0", "http://localhost:8080"},
              std::pair{"::", "http://localhost:8080"},
              std::pair{"0:0::0", "http://localhost:8080"}, std::pair{"::1", "http://[::1]:8080"},
              std::pair{"192.0.2.1", "http://192.0.2.1:8080"}}) {
            CAPTURE(host);
            config::address const at{.host = host, .port = 8080, .unix_path = {}};
            CHECK(config::url_of_development({}, at) == url);
        }
    }

    TEST_CASE("url_of_development: the first --host, with its own port or the listener's")
    {
        config::address const at{.host = "0.0.0.0", .port = 8080, .unix_path = {}};
        for (auto const& [authority, url] :
             {std::pair{"signet", "http://signet:8080"},
              std::pair{"localhost:18080", "http://localhost:18080"},
              std::pair{"[fd00::1]", "http://[fd00::1]:8080"},
              std::pair{"[fd00::1]:81", "http://[fd00::1]:81"}}) {
            CAPTURE(authority);
            config::development_settings with;
            with.authority = authority;
            CHECK(config::url_of_development(with, at) == url);
        }
    }

    TEST_CASE("has_issuer: exactly the names that were given")
    {
        config::development_settings with;
        with.issuers.push_back({.name = "acme"});
        CHECK(with.has_issuer("acme"));
        CHECK(!with.has_issuer("acm"));
        CHECK(!with.has_issuer(""));
    }
}
