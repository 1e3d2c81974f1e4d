#include "service/app/folder_watch.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

/// A folder that goes with the test, and one watch on a loop that the test runs.
struct bench {
    bench()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "signet-watch-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~bench() { std::filesystem::remove_all(path); }

    /// Whether the next wait ends because of a change.
    bool is_told(std::chrono::milliseconds limit)
    {
        std::optional<bool> said;
        auto const on_end = [&](std::exception_ptr, bool has_changed) { said = has_changed; };
        service::asio::co_spawn(io, watch.wait(limit), on_end);
        io.restart();
        while (!said && io.run_one() > 0) {
        }
        io.poll();
        return said.value_or(false);
    }
    void write(std::string const& name) const { std::ofstream(path + "/" + name) << "text"; }

    std::string path;
    service::asio::io_context io;
    service::folder_watch watch{io};
};

constexpr auto soon = 10s;   // far more than it takes
constexpr auto never = 1ms;  // nothing has happened before

}  // namespace

TEST_SUITE("service/app/folder_watch")
{
    TEST_CASE("wait: a file that is written, replaced, linked or removed is told, once")
    {
        bench b;
        if (!b.watch.is_on())
            return;
        b.watch.watch({b.path});
        CHECK(!b.is_told(never));
        b.write("a");
        CHECK(b.is_told(soon));
        CHECK(!b.is_told(never));
        b.write("a.new");
        std::filesystem::rename(b.path + "/a.new", b.path + "/a");
        CHECK(b.is_told(soon));
        std::filesystem::create_symlink("a", b.path + "/link");
        CHECK(b.is_told(soon));
        std::filesystem::remove(b.path + "/a");
        CHECK(b.is_told(soon));
        CHECK(!b.is_told(never));
    }

    TEST_CASE("watch: what does not exist is not counted as left out for want of watches")
    {
        bench b;
        CHECK(b.watch.watch({b.path, b.path + "/none"}) == 0);
    }

    TEST_CASE("watch: only the folders that were named last")
    {
        bench b;
        if (!b.watch.is_on())
            return;
        auto const other = b.path + "/other";
        std::filesystem::create_directory(other);
        b.watch.watch({b.path, b.path + "/none"});
        b.watch.watch({other});
        static_cast<void>(b.is_told(never));  // the end of the first watch
        b.write("a");
        CHECK(!b.is_told(never));
        b.write("other/a");
        CHECK(b.is_told(soon));
    }
}
