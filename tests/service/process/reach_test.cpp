#include "service/process/reach.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace fs = std::filesystem;

namespace {

struct folder {
    std::string path;
    folder()
    {
        char name[] = "/tmp/signet-reach-XXXXXX";
        path = fs::canonical(::mkdtemp(name)).string();
    }
    ~folder() { fs::remove_all(path); }
    folder(folder const&) = delete;
    folder& operator=(folder const&) = delete;

    std::string file(std::string const& name) const
    {
        auto const made = path + "/" + name;
        fs::create_directories(fs::path(made).parent_path());
        std::ofstream(made) << "x";
        return made;
    }
};

bool has(std::vector<std::string> const& all, std::string const& one)
{
    return std::ranges::find(all, one) != all.end();
}

config::file_marks marks(std::initializer_list<std::string> paths)
{
    config::file_marks made;
    for (auto const& path : paths)
        made[path] = {};
    return made;
}

}  // namespace

TEST_SUITE("service/process/reach")
{
    TEST_CASE("reach_of: the folders of the configuration's files, each once, and the system's")
    {
        folder const at;
        auto const needed = service::reach_of(
            {}, marks({at.file("signet.yaml"), at.file("keys/a.pem"), at.file("keys/b.pem")})
        );
        CHECK(has(needed.read, at.path));
        CHECK(std::ranges::count(needed.read, at.path + "/keys") == 1);
        CHECK(has(needed.read, "/etc"));
        CHECK(has(needed.read, "/proc"));
        CHECK(!has(needed.read, "/"));
        CHECK(!has(needed.read, "/tmp"));
        CHECK(needed.written.empty());
        CHECK(needed.sockets.empty());
    }

    TEST_CASE("reach_of: a swapped link of a mounted folder leads to what comes next, too")
    {
        folder const at;
        at.file("mount/..1/certs/key.pem");
        fs::create_symlink("..1", at.path + "/mount/..data");
        fs::create_symlink("..data/certs", at.path + "/mount/certs");
        auto const needed = service::reach_of({}, marks({at.path + "/mount/certs/key.pem"}));
        CHECK(has(needed.read, at.path + "/mount"));  // with everything below
    }

    TEST_CASE("reach_of: where a link leads, not the folder that an outer link is in")
    {
        folder const at;
        auto const real = at.file("real/key.pem");
        fs::create_directory(at.path + "/conf");
        fs::create_symlink(real, at.path + "/conf/key.pem");
        auto const needed = service::reach_of({}, marks({at.path + "/conf/key.pem"}));
        CHECK(has(needed.read, at.path + "/conf"));
        CHECK(has(needed.read, at.path + "/real"));
        CHECK(!has(needed.read, at.path));
    }

    TEST_CASE("reach_of: the two folders above a file's own, so that one of them may be replaced")
    {
        folder const at;  // /tmp/NAME
        auto const needed = service::reach_of({}, marks({at.file("a/b/c/d/signet.yaml")}));
        CHECK(has(needed.read, at.path + "/a/b/c/d"));
        CHECK(has(needed.read, at.path + "/a/b/c"));
        CHECK(has(needed.read, at.path + "/a/b"));
        CHECK(!has(needed.read, at.path + "/a"));
        auto const nearer = service::reach_of({}, marks({at.file("e/signet.yaml")}));
        CHECK(has(nearer.read, at.path + "/e"));
        CHECK(!has(nearer.read, at.path));  // two names: as /home/NAME
    }

    TEST_CASE("reach_of: files that are read later: TLS, issuers, credentials of a fetch")
    {
        config::settings with;
        with.server.listen.push_back({.address = {.host = "127.0.0.1", .port = 1, .unix_path = {}}}
        );
        auto& tls = with.server.listen[0].tls.emplace();
        tls.cert_file = "/srv/tls/a.pem";
        tls.key_file = "/srv/tls-keys/a.key";
        with.issuers.emplace_back().file = "/srv/issuers/corp.json";
        auto& fetched = with.issuers.emplace_back().fetch.emplace();
        fetched.client_cert = "/srv/certs/us.pem";
        fetched.client_key = "/srv/cert-keys/us.key";
        fetched.headers.push_back({.name = "Authorization", .file = "/srv/tokens/token"});
        auto const needed = service::reach_of(with, {});
        for (auto const* path :
             {"/srv/tls", "/srv/tls-keys", "/srv/issuers", "/srv/certs", "/srv/cert-keys",
              "/srv/tokens"})
            CHECK(has(needed.read, path));
    }

    TEST_CASE(
        "reach_of: the folder of kept keys is written, and made; that of a socket gets sockets"
    )
    {
        folder const at;
        config::settings with;
        with.server.jwks_cache_dir = at.path + "/kept";
        with.server.listen.push_back(
            {.address = {.host = {}, .port = 0, .unix_path = at.path + "/s.sock"}}
        );
        auto const needed = service::reach_of(with, {});
        CHECK(needed.written == std::vector<std::string>{at.path + "/kept"});
        CHECK(service::written_by(with) == needed.written);
        CHECK(fs::is_directory(at.path + "/kept"));
        CHECK(needed.sockets == std::vector<std::string>{at.path});
    }

    TEST_CASE("reach_of: state_dir and the folders of rotated series are written, and made")
    {
        folder const at;
        config::settings with;
        with.state_dir = at.path + "/state";
        with.rotation["sig"].directory = at.path + "/sig";
        with.rotation["enc"].directory = at.path + "/enc";
        auto const needed = service::reach_of(with, {});
        for (auto const* name : {"/state", "/sig", "/enc"}) {
            CHECK(has(needed.written, at.path + name));
            CHECK(fs::status(at.path + name).permissions() == fs::perms::owner_all);
        }
        CHECK(needed.written.size() == 3);
    }

    TEST_CASE("reach_of: the folder of the audit log is written, where its link leads, and not made"
    )
    {
        folder const at;
        fs::create_directory(at.path + "/disk");
        fs::create_symlink(at.path + "/disk", at.path + "/log");
        config::settings with;
        with.audit.file = at.path + "/log/audit.log";
        CHECK(service::reach_of(with, {}).written == std::vector{at.path + "/disk"});
        with.audit.file = at.path + "/none/audit.log";
        CHECK(service::written_by(with) == std::vector{at.path + "/none"});
        CHECK(!fs::exists(at.path + "/none"));
    }

    TEST_CASE("reach_of: libraries are looked for where the loader does, of which each is read once"
    )
    {
        auto const needed = service::reach_of({}, {});
        CHECK(std::ranges::any_of(needed.read, [](std::string const& one) {
            return fs::exists(one + "/libc.so.6");
        }));
        for (auto const& one : needed.read)
            CHECK(std::ranges::count(needed.read, one) == 1);
    }

    TEST_CASE("out_of_reach: a sentence for each file that may not be opened, and only for those")
    {
        folder const at;
        auto const readable = at.file("a");
        auto const closed = at.file("b");
        fs::permissions(closed, fs::perms::none);
        auto const found = service::out_of_reach(marks({readable, closed, at.path + "/missing"}));
        if (::geteuid() == 0) {  // may open everything
            CHECK(found.empty());
            return;
        }
        REQUIRE(found.size() == 1);
        CHECK(found[0].starts_with(closed + ": "));
        CHECK(found[0].find("restart") != std::string::npos);
    }
}
