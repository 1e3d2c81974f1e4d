#include "service/process/locked_memory.hpp"

#include <doctest/doctest.h>

using service::locked_octets_in;

TEST_SUITE("service/process/locked_memory")
{
    TEST_CASE("locked_octets_in: VmLck of /proc/self/status in octets")
    {
        CHECK(
            locked_octets_in("VmSize:\t  9000 kB\nVmLck:\t    4608 kB\nVmPin:\t 1 kB\n") == 4718592
        );
        CHECK(locked_octets_in("VmSize:\t  9000 kB\nVmLck:\t       0 kB\n") == 0);
    }

    TEST_CASE("locked_octets_in: a text without it, or without its number -> 0")
    {
        CHECK(locked_octets_in("") == 0);
        CHECK(locked_octets_in("Name:\tVmLck: 4 kB\n") == 0);
        CHECK(locked_octets_in("Name:\ta\nVmLck:") == 0);
        CHECK(locked_octets_in("Name:\ta\nVmLck:\tmany kB\n") == 0);
    }
}
