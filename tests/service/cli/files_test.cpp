#include "service/cli/files.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>
#include <stdlib.h>
#include <sys/stat.h>

using namespace service::cli;

namespace {

class folder {
public:
    folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "signet-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    folder(folder const&) = delete;
    ~folder() { std::filesystem::remove_all(path_); }
    std::string operator/(std::string_view name) const { return (path_ / name).string(); }
    std::size_t entries() const
    {
        auto const all = std::filesystem::directory_iterator(path_);
        return static_cast<std::size_t>(std::distance(begin(all), end(all)));
    }

private:
    std::filesystem::path path_;
};

struct streams {
    std::istringstream in;
    std::ostringstream out, err;
    terminal with{in, out, err};
    explicit streams(std::string text = {}) : in(std::move(text)) {}
};

std::string content_of(std::string const& path)
{
    streams none;
    return std::string(core::as_text(read_file(path, none.with, 1000).view()));
}

unsigned mode_of(std::string const& path)
{
    struct stat found {};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    return found.st_mode & 07777U;
}

}  // namespace

TEST_SUITE("service/cli/files")
{
    TEST_CASE("write_file: a secret is 0600 under any umask, a public file follows the umask")
    {
        folder here;
        auto const before = ::umask(0027);
        write_file(here / "secret", "s", visibility::owner_only, false);
        write_file(here / "public", "p", visibility::everyone, false);
        ::umask(before);
        CHECK(mode_of(here / "secret") == 0600);
        CHECK(mode_of(here / "public") == 0640);
        CHECK(content_of(here / "secret") == "s");
    }

    TEST_CASE("write_file: an existing name, a dangling link too, is refused and stays")
    {
        folder here;
        write_file(here / "a", "first", visibility::owner_only, false);
        CHECK_THROWS_AS(write_file(here / "a", "x", visibility::owner_only, false), stop);
        CHECK(content_of(here / "a") == "first");
        std::filesystem::create_symlink(here / "nowhere", here / "link");
        CHECK_THROWS_AS(write_file(here / "link", "x", visibility::owner_only, false), stop);
        CHECK_FALSE(std::filesystem::exists(here / "nowhere"));
    }

    TEST_CASE("write_file: with overwrite the file is replaced whole, and nothing else is left")
    {
        folder here;
        write_file(here / "a", "first", visibility::everyone, false);
        write_file(here / "a", "second", visibility::owner_only, true);
        CHECK(content_of(here / "a") == "second");
        CHECK(mode_of(here / "a") == 0600);
        CHECK(here.entries() == 1);
    }

    TEST_CASE("write_file: a folder that does not exist -> usage")
    {
        folder here;
        CHECK_THROWS_AS(write_file(here / "no/a", "x", visibility::owner_only, false), stop);
        CHECK_THROWS_AS(write_file(here / "no/a", "x", visibility::owner_only, true), stop);
    }

    TEST_CASE("read_file: too long, missing or a folder -> usage")
    {
        folder here;
        streams none;
        write_file(here / "a", "1234", visibility::everyone, false);
        CHECK(read_file(here / "a", none.with, 4).size() == 4);
        CHECK_THROWS_AS(read_file(here / "a", none.with, 3), stop);
        CHECK_THROWS_AS(read_file(here / "b", none.with, 3), stop);
        CHECK_THROWS_AS(read_file(here / "", none.with, 3), stop);
    }

    TEST_CASE("read_file: standard input can be used only once")
    {
        streams typed("hello");
        CHECK(core::as_text(read_file("-", typed.with, 10).view()) == "hello");
        CHECK_THROWS_AS(read_file("-", typed.with, 10), stop);
    }

    TEST_CASE("read_secret: without its last line break, and no more")
    {
        for (auto const& [text, secret] :
             {std::pair<char const*, char const*>{"abc", "abc"},
              {"abc\n", "abc"},
              {"abc\r\n", "abc"},
              {"abc\n\n", "abc\n"},
              {" abc ", " abc "}}) {
            streams typed(text);
            CHECK(core::as_text(read_secret("-", typed.with).view()) == secret);
        }
    }

    TEST_CASE("read_text: the argument itself, @FILE or standard input")
    {
        folder here;
        streams typed("typed");
        write_file(here / "a", "filed", visibility::everyone, false);
        CHECK(read_text("said", typed.with) == "said");
        CHECK(read_text("@" + (here / "a"), typed.with) == "filed");
        CHECK(read_text("-", typed.with) == "typed");
    }
}
