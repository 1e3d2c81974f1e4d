#include "config/sections/san_forms.hpp"

#include <doctest/doctest.h>

#include <string>

TEST_SUITE("config/sections/san_forms")
{
    TEST_CASE("is_uri_name: a scheme and printable ASCII")
    {
        for (auto const* good :
             {"https://orders.example.com/Id", "urn:example:orders", "a:b", "x+y-z.1:?#%"}) {
            CAPTURE(good);
            CHECK(config::is_uri_name(good));
        }
        for (auto const* bad :
             {"", ":", ":a", "a:", "orders.example.com", "1a:b", "a b:c", "a:b c", "a:\xc3\xa9",
              "a:b\n", "-a:b"}) {
            CAPTURE(bad);
            CHECK(!config::is_uri_name(bad));
        }
        CHECK(config::is_uri_name("a:" + std::string(2046, 'x')));
        CHECK(!config::is_uri_name("a:" + std::string(2047, 'x')));
    }

    TEST_CASE("is_spiffe_id: a trust domain and a path, in the only spelling that they have")
    {
        for (auto const* good :
             {"spiffe://example.org/orders", "spiffe://a_b.c-1/ns/shop/sa/Orders", "spiffe://d/...",
              "spiffe://d/a.b_c-D9"}) {
            CAPTURE(good);
            CHECK(config::is_spiffe_id(good));
        }
        for (auto const* bad :
             {"", "spiffe://", "spiffe://example.org", "spiffe://example.org/", "spiffe:///orders",
              "spiffe://Example.org/orders", "SPIFFE://example.org/orders",
              "spiffe://example.org/orders/", "spiffe://example.org//orders",
              "spiffe://example.org/./orders", "spiffe://example.org/a/..",
              "spiffe://example.org:443/orders", "spiffe://u@example.org/orders",
              "spiffe://example.org/orders?x", "spiffe://example.org/orders#x",
              "spiffe://example.org/%6frders", "spiffe://example.org/a b",
              "https://example.org/orders"}) {
            CAPTURE(bad);
            CHECK(!config::is_spiffe_id(bad));
        }
    }

    TEST_CASE("is_host_name: labels, and no wildcard")
    {
        for (auto const* good : {"orders.example.com", "Orders", "a-b.c_d.1", "localhost"}) {
            CAPTURE(good);
            CHECK(config::is_host_name(good));
        }
        for (auto const* bad :
             {"", ".", "a.", ".a", "a..b", "*.example.com", "a.*.b", "-a.b", "a-.b", "a b", "a:443",
              "[::1]", "\xc3\xa9.example"}) {
            CAPTURE(bad);
            CHECK(!config::is_host_name(bad));
        }
        CHECK(config::is_host_name(std::string(63, 'a') + ".b"));
        CHECK(!config::is_host_name(std::string(64, 'a') + ".b"));
    }
}
