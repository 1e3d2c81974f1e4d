#include "service/cli/table.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace service::cli;

TEST_SUITE("service/cli/table")
{
    TEST_CASE("print_table: columns never touch, however long an entry is")
    {
        std::ostringstream out;
        print_table(
            out,
            {{"NAME", "STATE", "PROBLEM"},
             {"an-issuer-with-a-very-long-name", "unavailable", "-"},
             {"b", "fresh", "a sentence"}}
        );
        CHECK(
            out.str()
            == "NAME                             STATE        PROBLEM\n"
               "an-issuer-with-a-very-long-name  unavailable  -\n"
               "b                                fresh        a sentence\n"
        );
    }

    TEST_CASE("print_table: a character of several octets takes one place")
    {
        std::ostringstream out;
        print_table(out, {{"A", "B"}, {"\xc3\xbc", "x"}, {"yy", "z"}});
        CHECK(out.str() == "A   B\n\xc3\xbc   x\nyy  z\n");
    }
}
