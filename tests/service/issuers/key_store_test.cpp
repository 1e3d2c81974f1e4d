#include "service/issuers/key_store.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

using service::key_store;
using service::stored_keys;

namespace {

/// A place for a folder that is gone with the test.
struct place {
    std::string path;
    place()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "signet-kept-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~place() { std::filesystem::remove_all(path); }
    place(place const&) = delete;
    place& operator=(place const&) = delete;
};

stored_keys sample()
{
    stored_keys keys;
    keys.issuer = "https://id.example";
    keys.source = "https://id.example/jwks";
    keys.trust = "mark";
    keys.etag = "\"v1\"";
    keys.last_modified = "Mon, 02 Mar 2026 08:00:00 GMT";
    keys.fetched_at = core::instant(std::chrono::milliseconds(1767225600123));
    keys.body = "{ \"keys\" : [\"\\u00e9\\\\\"] }\n";
    return keys;
}

mode_t mode_of(std::string const& path)
{
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777U;
}

}  // namespace

TEST_SUITE("service/issuers/key_store")
{
    TEST_CASE("save, load: everything comes back, from a file that nobody else reads")
    {
        place const where;
        key_store const store(where.path + "/kept");
        REQUIRE(store.save("corp", sample()).empty());
        CHECK(mode_of(where.path + "/kept") == 0700);
        CHECK(mode_of(where.path + "/kept/corp.json") == 0600);
        std::string problem;
        auto const got = store.load("corp", 1024, problem);
        REQUIRE(got.has_value());
        CHECK(problem.empty());
        CHECK(got->issuer == sample().issuer);
        CHECK(got->source == sample().source);
        CHECK(got->etag == sample().etag);
        CHECK(got->last_modified == sample().last_modified);
        CHECK(got->fetched_at == sample().fetched_at);
        CHECK(got->body == sample().body);
    }

    TEST_CASE("save: again -> in the old one's place, without further files")
    {
        place const where;
        key_store const store(where.path);
        auto keys = sample();
        REQUIRE(store.save("corp", keys).empty());
        keys.body = "{}";
        REQUIRE(store.save("corp", keys).empty());
        std::string problem;
        CHECK(store.load("corp", 1024, problem)->body == "{}");
        CHECK(std::distance(std::filesystem::directory_iterator(where.path), {}) == 1);
    }

    TEST_CASE("remove: what was kept is gone; nothing kept -> nothing happens")
    {
        place const where;
        key_store const store(where.path);
        REQUIRE(store.save("corp", sample()).empty());
        store.remove("other");
        store.remove("corp");
        std::string problem;
        CHECK(!store.load("corp", 1024, problem));
        CHECK(problem.empty());
    }

    TEST_CASE("load: nothing kept, or nothing to keep it in -> nothing, and no problem")
    {
        place const where;
        std::string problem;
        CHECK(!key_store(where.path).load("corp", 1024, problem));
        CHECK(!key_store("").load("corp", 1024, problem));
        CHECK(problem.empty());
        CHECK(!key_store("").is_on());
    }

    TEST_CASE("load: cut, not ours, too long or open to others -> nothing, and why")
    {
        place const where;
        key_store const store(where.path);
        REQUIRE(store.save("corp", sample()).empty());
        auto const path = where.path + "/corp.json";
        std::string whole;
        std::getline(std::ifstream(path), whole, '\0');
        auto const problem_with = [&](std::string const& content, mode_t mode) {
            std::ofstream(path, std::ios::trunc) << content;
            ::chmod(path.c_str(), mode);
            std::string problem;
            CHECK(!store.load("corp", 1024, problem));
            return problem;
        };
        CHECK(!problem_with(whole.substr(0, whole.size() / 2), 0600).empty());
        CHECK(!problem_with("{}", 0600).empty());
        CHECK(!problem_with(std::string(20000, ' '), 0600).empty());
        CHECK(!problem_with(whole, 0622).empty());
    }

    TEST_CASE("save: where nothing can be written -> says why")
    {
        CHECK(!key_store("/proc/none").save("corp", sample()).empty());
    }
}
