#include "core/base/base64url.hpp"
#include "core/jws/header_memo.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

struct known_header {
    std::string text;
    jws_header header;
};

known_header header_with(std::string_view kid)
{
    auto const json = R"({"alg":"HS256","kid":")" + std::string(kid) + "\"}";
    return {base64url_encode(as_bytes(json)), jws_header::parse(json).value()};
}

}  // namespace

TEST_SUITE("core/jws/header_memo")
{
    TEST_CASE("header_memo: finds what was kept by the same text, and nothing else")
    {
        header_memo memo;
        auto const one = header_with("one"), two = header_with("two");
        CHECK(memo.find(one.text) == nullptr);
        memo.keep(one.text, one.header);
        REQUIRE(memo.find(one.text) != nullptr);
        CHECK(memo.find(one.text)->kid() == "one");
        CHECK(memo.find(two.text) == nullptr);
        CHECK(memo.find(one.text.substr(1)) == nullptr);
        CHECK(memo.find("") == nullptr);
    }

    TEST_CASE("header_memo: the same header twice is kept once")
    {
        header_memo memo;
        auto const one = header_with("one");
        memo.keep(one.text, one.header);
        memo.keep(one.text, one.header);
        CHECK(memo.size() == 1);
    }

    TEST_CASE("header_memo: a long header is not kept")
    {
        header_memo memo;
        auto const fits = header_with(std::string(300, 'k'));
        auto const too_long = header_with(std::string(400, 'k'));
        REQUIRE(fits.text.size() <= header_memo::text_size_max);
        REQUIRE(too_long.text.size() > header_memo::text_size_max);
        memo.keep(fits.text, fits.header);
        memo.keep(too_long.text, too_long.header);
        CHECK(memo.find(fits.text) != nullptr);
        CHECK(memo.find(too_long.text) == nullptr);
        CHECK(memo.size() == 1);
    }

    TEST_CASE("header_memo: any number of headers takes the same memory, and used ones stay")
    {
        header_memo memo;
        auto const regular = header_with("regular");
        memo.keep(regular.text, regular.header);
        std::size_t lost = 0;
        for (int i = 0; i < 10'000; ++i) {
            auto const other = header_with("other-" + std::to_string(i));
            memo.keep(other.text, other.header);
            if (memo.find(regular.text) == nullptr) {
                ++lost;
                memo.keep(regular.text, regular.header);
            }
        }
        CHECK(lost == 0);
        CHECK(memo.size() <= 128);
    }
}
