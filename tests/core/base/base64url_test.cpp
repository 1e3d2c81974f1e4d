#include "core/base/base64url.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/base/base64url")
{
    TEST_CASE("base64url: RFC 4648 section 10 and RFC 7515 appendix C, both ways")
    {
        struct row {
            std::string_view octets, text;
        };
        for (auto const& [octets, text] : {
                 row{"", ""},
                 row{"f", "Zg"},
                 row{"fo", "Zm8"},
                 row{"foo", "Zm9v"},
                 row{"foob", "Zm9vYg"},
                 row{"fooba", "Zm9vYmE"},
                 row{"foobar", "Zm9vYmFy"},
                 row{"\x03\xec\xff\xe0\xc1", "A-z_4ME"},
             }) {
            CHECK(base64url_encode(as_bytes(octets)) == text);
            CHECK(base64url_decode_text(text) == octets);
        }
    }

    TEST_CASE("base64url_append: keeps what is there, and adds base64url_size characters")
    {
        std::string octets;
        for (std::size_t size = 0; size < 70; ++size) {
            std::string out = "kept.";
            base64url_append(out, as_bytes(octets));
            CHECK(out == "kept." + base64url_encode(as_bytes(octets)));
            CHECK(out.size() == 5 + base64url_size(size));
            CHECK(base64url_decode_text(out.substr(5)) == octets);
            octets.push_back(static_cast<char>(size * 37));
        }
    }

    TEST_CASE("base64url_decode: any second spelling of the same octets is refused")
    {
        for (std::string_view text : std::initializer_list<std::string_view>{
                 "Zg==",
                 "Zg=",
                 "Zh",
                 "Zm9",
                 "Z",
                 "Zm9vY",
                 "Zm+v",
                 "Zm/v",
                 " Zm9v",
                 "Zm9v\n",
                 "Zm 9v",
                 "Zm9v.",
                 "Zm8=",
                 "Zm9vYn",
                 "Zm9vYmF",
                 std::string_view("Zm\0v", 4),
                 "Zm\xc3\xa9",
             }) {
            CAPTURE(text);
            CHECK(!base64url_decode(text));
        }
    }
}
