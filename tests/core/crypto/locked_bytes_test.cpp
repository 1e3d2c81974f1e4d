#include "core/crypto/locked_bytes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

using core::crypto::locked_bytes;

TEST_SUITE("core/crypto/locked_bytes")
{
    TEST_CASE("locked_bytes: begins with zeros and keeps what is written, also when there are many")
    {
        std::vector<std::unique_ptr<locked_bytes>> all;
        for (std::uint8_t i = 0; i < 200; ++i) {
            all.push_back(std::make_unique<locked_bytes>(64));
            CHECK(std::ranges::all_of(all.back()->view(), [](auto octet) { return octet == 0; }));
            std::ranges::fill(all.back()->span(), i);
        }
        for (std::uint8_t i = 0; i < 200; ++i)
            CHECK(std::ranges::all_of(all[i]->view(), [=](auto octet) { return octet == i; }));
    }
}
