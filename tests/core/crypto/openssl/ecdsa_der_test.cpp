#include "core/crypto/openssl/ecdsa_der.hpp"
#include "tests/core/crypto/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace core;
using namespace core::crypto::openssl;
using samples::from_hex;

namespace {

std::string const zeros30(60, '0'), zeros31(62, '0'), zeros32(64, '0');

bytes der_of(std::string const& raw)
{
    auto const made = to_der(from_hex(raw));
    return bytes(made.view().begin(), made.view().end());
}

}  // namespace

TEST_SUITE("core/crypto/openssl/ecdsa_der")
{
    TEST_CASE("to_der: numbers have no leading zeros, except one where the first bit is set")
    {
        CHECK(der_of(zeros31 + "01" + zeros31 + "7f") == from_hex("300602010102017f"));
        CHECK(
            der_of(zeros31 + "80" + zeros30 + "0100")
            == from_hex("300802020080"
                        "02020100")
        );
        CHECK(der_of(zeros32 + zeros32) == from_hex("3006020100020100"));
        std::string const ones(64, 'f');
        CHECK(der_of(ones + ones) == from_hex("3046022100" + ones + "022100" + ones));
    }

    TEST_CASE("from_der: gives back what to_der was given")
    {
        for (auto const& half :
             {zeros32, zeros31 + "01", zeros30 + "ff00", std::string(64, 'f'),
              std::string(64, '7')}) {
            for (auto const& other : {zeros32, std::string(64, '8'), zeros30 + "0080"}) {
                auto const raw = from_hex(half + other);
                CHECK(from_der(to_der(raw).view()) == raw);
            }
        }
    }

    TEST_CASE("from_der: anything but two numbers of at most 32 octets is nullopt")
    {
        std::string const long_number(66, '1');
        for (auto const& der :
             {std::string(), std::string("30"), std::string("3000"), std::string("3003020101"),
              std::string("310602010102017f"), std::string("300502010102017f"),
              std::string("300602010103017f"), std::string("300602010102027f"),
              std::string("300702010102017f00"),
              "3026"
              "0221"
                  + long_number + "020101",
              "3026"
              "020101"
              "0221"
                  + long_number}) {
            CAPTURE(der);
            CHECK(!from_der(from_hex(der)).has_value());
        }
    }
}
