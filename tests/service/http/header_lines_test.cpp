#include "service/http/header_lines.hpp"

#include <doctest/doctest.h>

using service::http::header_lines;

TEST_SUITE("service/http/header_lines")
{
    TEST_CASE("header_lines: fields in the order in which they were added, each on its line")
    {
        header_lines all;
        CHECK(all.empty());
        all.add("X-A", "1");
        all.add("X-B", "");
        CHECK(all.text() == "X-A: 1\r\nX-B: \r\n");
        CHECK(all.find("X-A") == "1");
        CHECK(all.find("X-B") == "");
        CHECK_FALSE(all.find("X").has_value());
    }

    TEST_CASE("header_lines: a value that cannot be written leaves no trace")
    {
        header_lines all;
        all.add("X-A", "1");
        CHECK_FALSE(all.add_written("X-B", [](std::string& to) {
            to.append("half");
            return false;
        }));
        CHECK(all.text() == "X-A: 1\r\n");
        CHECK(all.add_written("X-C", [](std::string& to) {
            to.append("3");
            return true;
        }));
        CHECK(all.text() == "X-A: 1\r\nX-C: 3\r\n");
    }

    TEST_CASE("header_lines: a value with control characters never goes out")
    {
        header_lines plain;
        plain.add("X-A", "plain \xc3\xa9\t");
        CHECK(plain.is_sendable());
        for (std::string_view value : {"a\r\nSet-Cookie: b", "a\nb", "\x7f"}) {
            header_lines all;
            all.add("X-A", value);
            all.add("X-B", "plain");
            CHECK_FALSE(all.is_sendable());
        }
    }
}
