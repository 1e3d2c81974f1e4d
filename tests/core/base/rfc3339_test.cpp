#include "core/base/rfc3339.hpp"

#include <doctest/doctest.h>

using namespace core;
using namespace std::chrono;

TEST_SUITE("core/base/rfc3339")
{
    TEST_CASE("parse_rfc3339: section 5.8's examples -> those moments")
    {
        CHECK(
            parse_rfc3339("1985-04-12T23:20:50.52Z")
            == sys_days{1985y / 4 / 12} + 23h + 20min + 50s + 520ms
        );
        CHECK(parse_rfc3339("1996-12-19T16:39:57-08:00") == parse_rfc3339("1996-12-20T00:39:57Z"));
        CHECK(
            parse_rfc3339("1937-01-01T12:00:27.87+00:20")
            == parse_rfc3339("1937-01-01T11:40:27.87Z")
        );
        CHECK(parse_rfc3339("2026-08-01t00:00:00z") == parse_rfc3339("2026-08-01T00:00:00Z"));
    }

    TEST_CASE("parse_rfc3339: a leap day exists in leap years only")
    {
        CHECK(parse_rfc3339("2024-02-29T00:00:00Z") == sys_days{2024y / 2 / 29});
        CHECK(parse_rfc3339("2000-02-29T00:00:00Z") == sys_days{2000y / 2 / 29});
        CHECK(!parse_rfc3339("2026-02-29T00:00:00Z"));
        CHECK(!parse_rfc3339("2100-02-29T00:00:00Z"));
        CHECK(!parse_rfc3339("2024-02-30T00:00:00Z"));
    }

    TEST_CASE("parse_rfc3339: an offset east of Greenwich is ahead of UTC, up to 23:59 either way")
    {
        auto const noon = sys_days{2026y / 8 / 1} + 12h;
        CHECK(parse_rfc3339("2026-08-01T14:00:00+02:00") == noon);
        CHECK(parse_rfc3339("2026-08-01T06:30:00-05:30") == noon);
        CHECK(parse_rfc3339("2026-08-01T12:00:00-00:00") == noon);
        CHECK(parse_rfc3339("2026-08-02T11:59:00+23:59") == noon);
        for (std::string_view offset :
             {"+24:00", "+01:60", "+0100", "+1:00", "+01", "+", "Z+01:00"}) {
            CAPTURE(offset);
            CHECK(!parse_rfc3339("2026-08-01T12:00:00" + std::string(offset)));
        }
    }

    TEST_CASE("parse_rfc3339: of a fraction milliseconds are kept, whatever its length")
    {
        auto const second = sys_days{2026y / 8 / 1} + 1s;
        CHECK(parse_rfc3339("2026-08-01T00:00:01.5Z") == second + 500ms);
        CHECK(parse_rfc3339("2026-08-01T00:00:01.05Z") == second + 50ms);
        CHECK(parse_rfc3339("2026-08-01T00:00:01.0009Z") == second);
        CHECK(
            parse_rfc3339("2026-08-01T00:00:01." + std::string(400, '9') + "Z") == second + 999ms
        );
        CHECK(!parse_rfc3339("2026-08-01T00:00:01.Z"));
        CHECK(!parse_rfc3339("2026-08-01T00:00:01,5Z"));
        CHECK(!parse_rfc3339("2026-08-01T00:00:01.5"));
    }

    TEST_CASE("parse_rfc3339: month 13, day 0, hour 24, minute 60, second 60 -> nothing")
    {
        for (std::string_view text :
             {"2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-08-00T00:00:00Z",
              "2026-08-32T00:00:00Z", "2026-04-31T00:00:00Z", "2026-08-01T24:00:00Z",
              "2026-08-01T00:60:00Z", "1990-12-31T23:59:60Z"}) {
            CAPTURE(text);
            CHECK(!parse_rfc3339(text));
        }
        CHECK(parse_rfc3339("2026-12-31T23:59:59Z").has_value());
    }

    TEST_CASE("parse_rfc3339: years from 0000 to 9999, of four digits")
    {
        CHECK(parse_rfc3339("0000-01-01T00:00:00Z") == sys_days{0y / 1 / 1});
        CHECK(parse_rfc3339("9999-12-31T23:59:59.999Z") == sys_days{10000y / 1 / 1} - 1ms);
        for (std::string_view year : {"999", "10000", "-001", "+202", " 202"}) {
            CAPTURE(year);
            CHECK(!parse_rfc3339(std::string(year) + "-01-01T00:00:00Z"));
        }
    }

    TEST_CASE("parse_rfc3339: no zone, other separators, half-written times -> nothing")
    {
        for (std::string_view text :
             {"", "2026", "2026-08-01", "2026-08-01T00:00Z", "2026-08-01T00:00:00",
              "2026-08-01 00:00:00Z", "20260801T000000Z", "2026-8-1T00:00:00Z",
              "2026-08-01T00:00:00Zz", " 2026-08-01T00:00:00Z", "2026-08-01T00:00:00Z "}) {
            CAPTURE(text);
            CHECK(!parse_rfc3339(text));
        }
    }

    TEST_CASE("rfc3339: writes UTC with milliseconds, which parse_rfc3339 reads")
    {
        auto const moment = sys_days{2026y / 1 / 2} + 3h + 4min + 5s + 678ms;
        CHECK(rfc3339(moment) == "2026-01-02T03:04:05.678Z");
        for (std::string_view text :
             {"0000-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z",
              "2024-02-29T23:59:59.001Z", "9999-12-31T23:59:59.999Z"}) {
            CAPTURE(text);
            REQUIRE(parse_rfc3339(text).has_value());
            CHECK(rfc3339(*parse_rfc3339(text)) == text);
        }
    }
}
