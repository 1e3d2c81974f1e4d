#include "service/rotation/disk_folder.hpp"
#include "tests/config/sample.hpp"

#include <algorithm>
#include <filesystem>

using service::disk_folder;
using service::io_end;
using kind = service::io_end::kind;

namespace {

core::byte_view octets(std::string_view text)
{
    return core::as_bytes(text);
}

std::string read(disk_folder& from, std::string_view name)
{
    core::secret_bytes into;
    auto const end = from.read(name, 100, into);
    return end.is_done() ? std::string(core::as_text(into.view())) : end.why;
}

}  // namespace

TEST_SUITE("service/rotation/disk_folder")
{
    TEST_CASE("a folder is made with mode 0700, and files with 0600")
    {
        sample::folder const where;
        std::string problem;
        disk_folder made(where.path("keys"), problem);
        CHECK(problem == "");
        CHECK(made.write_new("a", octets("x")).is_done());
        auto const mode_of = [&](std::string const& name) {
            struct stat status {};
            REQUIRE(::lstat(where.path(name).c_str(), &status) == 0);
            return status.st_mode & 07777U;
        };
        CHECK(mode_of("keys") == 0700);
        CHECK(mode_of("keys/a") == 0600);
    }

    TEST_CASE("a folder that others may enter, a link or a file cannot be used")
    {
        sample::folder const where;
        std::string problem;
        where.write("file", "x");
        disk_folder const file(where.path("file"), problem);
        CHECK(problem != "");
        problem.clear();
        std::filesystem::create_directory(where.path("real"));
        std::filesystem::create_symlink(where.path("real"), where.path("link"));
        disk_folder const link(where.path("link"), problem);
        CHECK(problem != "");
        problem.clear();
        REQUIRE(::chmod(where.path("real").c_str(), 0755) == 0);
        disk_folder open(where.path("real"), problem);
        CHECK(problem.find("may be entered by others") != std::string::npos);
        CHECK(open.write_new("a", octets("x")).how == kind::failed);
    }

    TEST_CASE("operations: new, append, write_again, cut, link, rename, remove, list")
    {
        sample::folder const where;
        std::string problem;
        disk_folder in(where.path("keys"), problem);
        CHECK(in.write_new("a", octets("one")).is_done());
        CHECK(in.write_new("a", octets("two")).how == kind::taken);
        CHECK(in.append("a", octets("two")).is_done());
        CHECK(read(in, "a") == "onetwo");
        CHECK(in.write_again("a", 3, octets("two")).is_done());
        CHECK(in.write_again("a", 4, octets("two")).how == kind::failed);
        CHECK(in.write_again("none", 0, octets("two")).how == kind::missing);
        CHECK(read(in, "a") == "onetwo");
        CHECK(in.cut("a", 3).is_done());
        CHECK(read(in, "a") == "one");
        CHECK(in.link("a", "b").is_done());
        CHECK(in.link("a", "b").how == kind::taken);
        CHECK(in.rename("a", "c").is_done());
        CHECK(in.sync().is_done());
        std::vector<service::folder::entry> entries;
        CHECK(in.list(entries).is_done());
        CHECK(entries.size() == 2);
        CHECK(in.remove("c").is_done());
        CHECK(in.remove("c").how == kind::missing);
        CHECK(read(in, "c").find("does not exist") != std::string::npos);
        CHECK(in.append("b", octets(std::string(200, 'x'))).is_done());
        CHECK(read(in, "b").find("is too large") != std::string::npos);
    }

    TEST_CASE("a link, a folder, or a file that others may read in the place of a file is not read")
    {
        sample::folder const where;
        std::string problem;
        disk_folder in(where.path("keys"), problem);
        CHECK(in.write_new("a", octets("x")).is_done());
        std::filesystem::create_symlink(where.path("keys/a"), where.path("keys/link"));
        std::filesystem::create_directory(where.path("keys/folder"));
        CHECK(in.write_new("open", octets("x")).is_done());
        REQUIRE(::chmod(where.path("keys/open").c_str(), 0644) == 0);
        core::secret_bytes into;
        for (auto const* name : {"link", "folder", "open"}) {
            CAPTURE(name);
            CHECK(in.read(name, 100, into).how == kind::failed);
            CHECK(in.append(name, octets("y")).how == kind::failed);
        }
        CHECK(read(in, "a") == "x");
    }

    TEST_CASE("is_in_place: not when another folder, or another held file, has taken the name")
    {
        sample::folder const where;
        std::string problem;
        service::disk_folder a(where.path("a"), problem);
        REQUIRE(problem == "");
        CHECK(a.hold("held").is_done());
        CHECK(a.is_in_place());
        CHECK(a.rename("held", "other").is_done());
        CHECK(!a.is_in_place());
        CHECK(a.write_new("held", {}).is_done());
        CHECK(!a.is_in_place());
        CHECK(a.rename("other", "held").is_done());
        CHECK(a.is_in_place());
        std::filesystem::rename(where.path("a"), where.path("b"));
        CHECK(!a.is_in_place());
        std::filesystem::create_directory(where.path("a"));
        CHECK(!a.is_in_place());
    }

    TEST_CASE("hold: one at a time, until it ends")
    {
        sample::folder const where;
        std::string problem;
        auto first = std::make_unique<disk_folder>(where.path("keys"), problem);
        disk_folder second(where.path("keys"), problem);
        CHECK(first->hold("a").is_done());
        CHECK(second.hold("a").how == kind::taken);
        first.reset();
        CHECK(second.hold("a").is_done());
    }
}
