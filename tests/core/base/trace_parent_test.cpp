#include "core/base/trace_parent.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

std::string const trace = "4bf92f3577b34da6a3ce929d0e0e4736", span = "00f067aa0ba902b7";
std::string const good = "00-" + trace + "-" + span + "-01";

}  // namespace

TEST_SUITE("core/base/trace_parent")
{
    // The example of W3C Trace Context section 3.2.4.
    TEST_CASE("parse_trace_parent: the standard's own example -> its parts")
    {
        auto const read = core::parse_trace_parent(good);
        REQUIRE(read.has_value());
        CHECK(read->text == good);
        CHECK(read->trace_id == trace);
        CHECK(read->parent_id == span);
        CHECK(read->is_sampled);
        CHECK(!core::parse_trace_parent("00-" + trace + "-" + span + "-00")->is_sampled);
        CHECK(core::parse_trace_parent("00-" + trace + "-" + span + "-ff")->is_sampled);
        CHECK(!core::parse_trace_parent("00-" + trace + "-" + span + "-fe")->is_sampled);
    }

    TEST_CASE("parse_trace_parent: a later version, with or without more -> read as version 00")
    {
        for (std::string const& text :
             {"01-" + trace + "-" + span + "-01", "cc-" + trace + "-" + span + "-01-what-is-new",
              "fe-" + trace + "-" + span + "-01-"}) {
            CAPTURE(text);
            auto const read = core::parse_trace_parent(text);
            REQUIRE(read.has_value());
            CHECK(read->trace_id == trace);
            CHECK(read->is_sampled);
        }
    }

    TEST_CASE("parse_trace_parent: what is not exactly so -> nothing")
    {
        auto const zero_trace = std::string(32, '0'), zero_span = std::string(16, '0');
        auto upper = good;
        upper[3] = 'B';
        for (std::string const& text : {
                 std::string(),
                 std::string("00"),
                 upper,
                 good + " ",
                 " " + good,
                 good + "-",
                 good + "-more",
                 good.substr(0, 54),
                 good + "0",
                 "ff-" + trace + "-" + span + "-01",
                 "0-" + trace + "-" + span + "-001",
                 "FE-" + trace + "-" + span + "-01",
                 "00-" + zero_trace + "-" + span + "-01",
                 "00-" + trace + "-" + zero_span + "-01",
                 "00_" + trace + "-" + span + "-01",
                 "00-" + trace + "_" + span + "-01",
                 "00-" + trace + "-" + span + "_01",
                 "00-" + trace.substr(1) + "g-" + span + "-01",
                 "00-" + trace + "-" + span + "-0x",
                 "01-" + trace + "-" + span + "-01.more",
                 "01-" + trace + "-" + span + "-01-a\r\nb: c",
                 "01-" + trace + "-" + span + "-01-a b",
                 "01-" + trace + "-" + span + "-01-" + std::string(80, 'a'),
             }) {
            CAPTURE(text);
            CHECK(!core::parse_trace_parent(text).has_value());
        }
    }
}
