#include "core/base/base64.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/base/base64")
{
    TEST_CASE("base64: RFC 4648 section 10, and the two characters that base64url has not")
    {
        struct row {
            std::string_view octets, text;
        };
        for (auto const& [octets, text] : {
                 row{"", ""},
                 row{"f", "Zg=="},
                 row{"fo", "Zm8="},
                 row{"foo", "Zm9v"},
                 row{"foobar", "Zm9vYmFy"},
                 row{"\x03\xec\xff\xe0\xc1", "A+z/4ME="},
             }) {
            CHECK(base64_encode(as_bytes(octets)) == text);
            CHECK(as_text(base64_decode(text).value()) == octets);
        }
    }

    TEST_CASE("base64_decode: no padding, too much of it, another alphabet, white space: nothing")
    {
        for (auto const* text :
             {"Zg", "Zg=", "Zg===", "=", "====", "Zm8=Zm8=", "A-z_4ME=", "Zm9v\n", "Zm 9",
              "Zh==", "Z==="})
            CHECK(!base64_decode(text));
    }

    TEST_CASE("base64_decode_any: both alphabets, with and without padding and line breaks")
    {
        for (auto const* text :
             {"A+z/4ME=", "A-z_4ME=", "A+z/4ME", "A-z_4ME", "A-z_\r\n4ME=\n", "\nA+z/4ME"})
            CHECK(as_text(base64_decode_any(text).value()) == "\x03\xec\xff\xe0\xc1");
        CHECK(base64_decode_any("")->empty());
    }

    TEST_CASE("base64_decode_any: mixed alphabets, wrong padding, surplus bits: nothing")
    {
        for (auto const* text :
             {"A+z_4ME=", "A-z/4ME", "Zg=", "Zg===", "=", "==", "====", "Zm8=Zm8=", "Zm 9",
              "Zm9v\t", "Zh", "Zh==", "Z", "Zg,,", "Zg.."})
            CHECK(!base64_decode_any(text));
    }
}
