#include "service/issuers/waiting_tokens.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace service;
using namespace std::chrono_literals;

namespace {

void wait(
    waiting_tokens& in, asio::io_context& io, std::chrono::milliseconds limit,
    std::optional<bool>& said
)
{
    auto waiting = in.wait(io, limit);
    asio::co_spawn(io, std::move(waiting), [&said](std::exception_ptr, bool was) { said = was; });
}

}  // namespace

TEST_SUITE("service/issuers/waiting_tokens")
{
    TEST_CASE("wait: until all are woken, or its limit is over; then there is room again")
    {
        waiting_tokens tokens(2);
        asio::io_context io;
        std::optional<bool> woken, late;
        wait(tokens, io, 1h, woken);
        wait(tokens, io, 1ms, late);
        io.poll();
        CHECK(tokens.is_full());
        while (!late)
            io.run_one();
        CHECK(!*late);
        CHECK(!tokens.is_full());
        CHECK(!woken);
        tokens.wake_all();
        io.run();
        CHECK(woken == true);
    }

    TEST_CASE("wait: an event loop that ends first -> the places are free")
    {
        waiting_tokens tokens(1);
        {
            asio::io_context io;
            std::optional<bool> said;
            wait(tokens, io, 1h, said);
            io.poll();
            CHECK(tokens.is_full());
        }
        CHECK(!tokens.is_full());
    }
}
