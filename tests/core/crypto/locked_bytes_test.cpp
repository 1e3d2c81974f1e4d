#include "core/crypto/locked_bytes.hpp"
#include "tests/core/crypto/memory_flags.hpp"

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

    TEST_CASE("locked_bytes: long ones too, each in pages that no core dump contains")
    {
        for (std::size_t const size : {257U, 4096U, 4097U}) {
            locked_bytes one(size);
            locked_bytes const other(size);
            CHECK(one.view().size() == size);
            CHECK(std::ranges::all_of(one.view(), [](auto octet) { return octet == 0; }));
            std::ranges::fill(one.span(), std::uint8_t{7});
            CHECK(one.view().back() == 7);
            CHECK(other.view().front() == 0);
            CHECK(tests::is_left_out_of_dumps(one.view().data()));
            CHECK(tests::is_left_out_of_dumps(one.view().data() + size - 1));
        }
    }
}
