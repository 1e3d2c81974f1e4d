#include "service/endpoints/gateways/trusted_peers.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace service;

namespace {

peer at(std::string address)
{
    peer one;
    one.address = std::move(address);
    return one;
}

}  // namespace

TEST_SUITE("service/endpoints/gateways/trusted_peers")
{
    TEST_CASE("is_trusted_gateway: a peer in one of the ranges, IPv4 or IPv6")
    {
        std::vector<core::cidr> const ranges{
            *core::parse_cidr("10.0.0.0/8"), *core::parse_cidr("192.0.2.7"),
            *core::parse_cidr("2001:db8::/32")};
        for (auto const* good : {"10.1.2.3", "192.0.2.7", "2001:db8::1"})
            CHECK(is_trusted_gateway(at(good), ranges));
        for (auto const* bad : {"11.0.0.1", "192.0.2.8", "127.0.0.1", "2001:db9::1", "::1", ""})
            CHECK_FALSE(is_trusted_gateway(at(bad), ranges));
    }

    TEST_CASE("is_trusted_gateway: without ranges only a peer on a Unix socket")
    {
        CHECK_FALSE(is_trusted_gateway(at("127.0.0.1"), {}));
        peer local;
        local.is_unix = true;
        CHECK(is_trusted_gateway(local, {}));
    }
}
