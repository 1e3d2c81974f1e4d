#include "config/sections/file_marks.hpp"
#include "config/sections/secrets.hpp"
#include "tests/config/sample.hpp"

#include <unistd.h>

using namespace sample;

TEST_SUITE("config/sections/file_marks")
{
    TEST_CASE("look_again: equal until content, mode or existence changes")
    {
        folder const where;
        auto const path = where.write("a", "one");
        config::file_marks marks;
        REQUIRE(config::read_marked_file(path, 100, marks).value.has_value());
        CHECK(config::look_again(marks) == marks);
        where.write("a", "one");
        CHECK(config::look_again(marks) == marks);
        where.write("a", "two");
        CHECK(config::look_again(marks) != marks);
        where.write("a", "one", 0644);
        CHECK(config::look_again(marks) != marks);
        where.write("a", "one", 0666);
        CHECK(config::look_again(marks) != marks);
        ::unlink(path.c_str());
        CHECK(config::look_again(marks) != marks);
    }

    TEST_CASE("look_again: a file that was not there and comes")
    {
        folder const where;
        config::file_marks marks;
        CHECK(!config::read_marked_file(where.path("a"), 100, marks).value);
        CHECK(config::look_again(marks) == marks);
        where.write("a", "one");
        CHECK(config::look_again(marks) != marks);
    }

    TEST_CASE("a mark contains nothing of the content")
    {
        folder const where;
        config::file_marks marks;
        static_cast<void>(config::read_marked_file(where.write("a", "a secret text"), 100, marks));
        CHECK(marks.begin()->second.was.find("secret") == std::string::npos);
    }

    TEST_CASE("without_followed: what others look at is no reason to load again, but is looked at")
    {
        folder const where;
        std::map<std::string, std::string> const none;
        config::secret_source const from("", none);
        auto const loaded = where.write("a", "text"), followed = where.write("b", "text");
        auto const both = where.write("c", "text");
        static_cast<void>(from.read_file(loaded, 100));
        static_cast<void>(from.read_file(followed, 100, config::file_use::followed));
        static_cast<void>(from.read_file(both, 100, config::file_use::followed));
        static_cast<void>(from.read_file(both, 100));
        static_cast<void>(from.read_file(both, 100, config::file_use::followed));
        auto const marks = from.marks();
        CHECK(config::look_again(marks) == marks);
        auto const rest = config::without_followed(marks);
        CHECK(rest.size() == 2);
        CHECK(!rest.contains(followed));
        static_cast<void>(where.write("b", "another"));
        CHECK(config::look_again(marks) != marks);
        CHECK(config::look_again(rest) == rest);
    }

    TEST_CASE("read_followed_secret: is followed, and read_secret is loaded")
    {
        folder const where;
        std::map<std::string, std::string> const none;
        config::secret_source const from("", none);
        auto const token = where.write("token", "text");
        CHECK(from.read_followed_secret(token, config::file_access::open).value.has_value());
        CHECK(config::without_followed(from.marks()).empty());
        static_cast<void>(from.read_secret(token));
        CHECK(config::without_followed(from.marks()).size() == 1);
    }
}
