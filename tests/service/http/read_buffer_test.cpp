#include "service/http/read_buffer.hpp"

#include <doctest/doctest.h>

#include <string>

using service::http::read_buffer;

namespace {

void put(read_buffer& into, std::string_view octets)
{
    into.reserve(octets.size());
    octets.copy(into.space(), octets.size());
    into.commit(octets.size());
}

}  // namespace

TEST_SUITE("service/http/read_buffer")
{
    TEST_CASE("shrink: one unread byte keeps nothing else of a large buffer")
    {
        read_buffer buffer;
        put(buffer, std::string(40'000, 'a') + "G");
        buffer.consume(40'000);
        buffer.shrink(4096);
        CHECK(buffer.unread() == "G");
        CHECK(buffer.capacity() <= 4096);
        put(buffer, "ET");
        CHECK(buffer.unread() == "GET");
    }

    TEST_CASE("shrink: an empty buffer keeps nothing of a large one, and all of a small one")
    {
        read_buffer buffer;
        put(buffer, std::string(40'000, 'a'));
        buffer.consume(40'000);
        buffer.shrink(4096);
        CHECK(buffer.capacity() == 0);
        put(buffer, "GET");
        auto const small = buffer.capacity();
        buffer.shrink(4096);
        CHECK(buffer.capacity() == small);
        CHECK(buffer.unread() == "GET");
    }

    TEST_CASE("shrink: unread bytes of more than half stay where they are")
    {
        read_buffer buffer;
        put(buffer, std::string(10'000, 'a') + std::string(30'000, 'b'));
        buffer.consume(10'000);
        auto const* const where = buffer.unread().data();
        buffer.shrink(4096);
        CHECK(buffer.unread().data() == where);
        CHECK(buffer.unread() == std::string(30'000, 'b'));
    }
}
