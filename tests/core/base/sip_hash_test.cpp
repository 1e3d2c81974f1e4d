#include "core/base/sip_hash.hpp"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <string>

using namespace core;

namespace {

/// The key of the paper's appendix A: the octets 00 to 0f.
constexpr sip_seed counting{0x0706050403020100U, 0x0f0e0d0c0b0a0908U};

/// The octets 00, 01, 02 and so on.
std::string counted(std::size_t size)
{
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
        text.push_back(static_cast<char>(i));
    return text;
}

}  // namespace

TEST_SUITE("core/base/sip_hash")
{
    TEST_CASE("sip_hash: the vectors of SipHash-2-4")
    {
        // The paper's appendix A, and the first of its reference implementation's vectors_sip64.
        CHECK(sip_hash<2, 4>(counting, counted(15)) == 0xa129ca6149be45e5U);
        CHECK(sip_hash<2, 4>(counting, counted(0)) == 0x726fdb47dd0e0e31U);
        CHECK(sip_hash<2, 4>(counting, counted(1)) == 0x74f839c593dc67fdU);
        CHECK(sip_hash<2, 4>(counting, counted(2)) == 0x0d6c8009d9a94f5aU);
        CHECK(sip_hash<2, 4>(counting, counted(3)) == 0x85676696d7fb7e2dU);
        CHECK(sip_hash<2, 4>(counting, counted(7)) == 0xab0200f58b01d137U);
        CHECK(sip_hash<2, 4>(counting, counted(8)) == 0x93f5f5799a932462U);
    }

    TEST_CASE("sip_hash: fewer rounds, another seed or one octet more give another hash")
    {
        std::set<std::uint64_t> seen;
        for (std::size_t size = 0; size < 64; ++size) {
            auto const text = counted(size);
            seen.insert(sip_hash<2, 4>(counting, text));
            seen.insert(sip_hash<1, 3>(counting, text));
            seen.insert(sip_hash<1, 3>({counting.high, counting.low}, text));
            seen.insert(sip_hash<1, 3>(counting, std::string(size + 1, '\0')));
        }
        CHECK(seen.size() == 4 * 64 - 1);  // "" and "\0" begin the last two rows with one text
    }
}
