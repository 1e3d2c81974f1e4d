#include "config/sections/folders.hpp"
#include "config/sections/trusted_file.hpp"
#include "core/keys/key_formats.hpp"
#include "tests/config/sample.hpp"

#include <fcntl.h>
#include <unistd.h>

using namespace sample;
using config::file_facts;
using config::process_identity;

namespace {

constexpr uid_t other = 65534;
bool const is_root = ::geteuid() == 0;

process_identity const service_user{.user = 990, .groups = {990, 991}};
process_identity const root{.user = 0, .groups = {0}};

std::string changeable(uid_t owner, mode_t mode, process_identity const& us = service_user)
{
    return config::why_changeable({.owner = owner, .group = 0, .mode = mode}, us);
}

bool contains(std::string const& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("config/sections/trusted_file")
{
    TEST_CASE("why_changeable: root's file or ours, with nobody else's right to write -> nothing")
    {
        for (uid_t const owner : {0U, 990U}) {
            for (mode_t const mode : {0400U, 0440U, 0444U, 0600U, 0640U, 0644U, 0755U, 0604U}) {
                CAPTURE(owner);
                CAPTURE(mode);
                CHECK(changeable(owner, mode).empty());
            }
        }
    }

    TEST_CASE("why_changeable: the group or the world may write -> refused, whoever owns it")
    {
        for (uid_t const owner : {0U, 990U}) {
            for (mode_t const mode : {0620U, 0660U, 0664U, 0602U, 0666U, 0777U, 0020U, 0002U}) {
                CAPTURE(owner);
                CAPTURE(mode);
                CHECK(contains(changeable(owner, mode), "chmod go-w, or mount it read-only"));
            }
        }
        CHECK(
            changeable(0, 0664)
            == "may be changed by others (uid 0, mode 0664): chmod go-w, or mount it read-only"
        );
    }

    TEST_CASE(
        "why_changeable: another user's file -> refused in every mode, since it may be changed"
    )
    {
        for (mode_t const mode : {0400U, 0444U, 0600U, 0644U})
            CHECK(contains(changeable(1000, mode), "chown it to root or uid 990, or mount"));
        CHECK(
            changeable(1000, 0666)
            == "may be changed by others (uid 1000, mode 0666): chown it to root or uid 990, chmod "
               "go-w, or mount it read-only"
        );
    }

    TEST_CASE("why_changeable: of a process of root only root's own files are trusted")
    {
        CHECK(changeable(0, 0644, root).empty());
        CHECK(
            changeable(1000, 0644, root)
            == "may be changed by others (uid 1000, mode 0644): chown it to root, or mount it "
               "read-only"
        );
    }

    TEST_CASE("why_changeable: on a read-only file system nobody can write")
    {
        for (uid_t const owner : {0U, 990U, 1000U}) {
            file_facts const facts{.owner = owner, .group = 0, .mode = 0666, .is_read_only = true};
            CHECK(config::why_changeable(facts, service_user).empty());
        }
    }

    TEST_CASE("why_exposed: a private key for the world, a foreign group, or writable by a group")
    {
        auto const exposed = [](gid_t group, mode_t mode) {
            return config::why_exposed({.owner = 990, .group = group, .mode = mode}, service_user);
        };
        CHECK(exposed(990, 0600).empty());
        CHECK(exposed(991, 0440).empty());
        CHECK(exposed(5, 0600).empty());
        CHECK(contains(exposed(5, 0440), "a group that this process is not in"));
        CHECK(contains(exposed(990, 0660), "writable by its group"));
        CHECK(contains(exposed(990, 0644), "accessible to everyone"));
        CHECK(contains(exposed(990, 0601), "accessible to everyone"));
    }

    TEST_CASE("is_replaceable: another's folder, or one that others write without the sticky bit")
    {
        auto const is_open = [](uid_t owner, mode_t mode, std::optional<uid_t> entry) {
            return config::is_replaceable({.owner = owner, .mode = mode}, entry, service_user);
        };
        CHECK(!is_open(0, 0755, 1000));
        CHECK(!is_open(990, 0700, 990));
        CHECK(is_open(1000, 0755, 990));
        CHECK(is_open(1000, 01777, 990));
        CHECK(is_open(0, 0775, 990));
        CHECK(is_open(0, 0757, 990));
        CHECK(!is_open(0, 01777, 990));
        CHECK(!is_open(0, 01777, 0));
        CHECK(is_open(0, 01777, 1000));
        CHECK(is_open(0, 01777, std::nullopt));
        CHECK(!config::is_replaceable(
            {.owner = 1000, .mode = 0777, .is_read_only = true}, 1000, service_user
        ));
    }

    TEST_CASE("read_trusted_file: the octets, and whether others may read them")
    {
        folder const where;
        auto const closed = config::read_trusted_file(where.write("a", "text", 0600), 4);
        REQUIRE(closed.value.has_value());
        CHECK(core::as_text(closed.value->octets.view()) == "text");
        CHECK(closed.value->access == config::file_access::guarded);
        auto const open = config::read_trusted_file(where.write("b", "text", 0644), 4);
        REQUIRE(open.value.has_value());
        CHECK(open.value->access == config::file_access::open);
    }

    TEST_CASE("read_trusted_file: absent, not a file, empty, too large -> why, without waiting")
    {
        folder const where;
        auto const problem = [](std::string const& path, std::size_t size_max = 4) {
            auto const got = config::read_trusted_file(path, size_max);
            CHECK(!got.value);
            return got.problem;
        };
        CHECK(problem(where.path("none")) == "cannot be read: No such file or directory");
        CHECK(problem(where.path("")) == "is a folder");
        CHECK(problem("/dev/null") == "is not a regular file");
        CHECK(problem(where.write("empty", "")) == "is empty");
        CHECK(problem(where.write("five", "12345")) == "is larger than 4 bytes");
        CHECK(problem("/proc/self/status", 4) == "is larger than 4 bytes");  // its size says 0
        REQUIRE(::mkfifo(where.path("pipe").c_str(), 0600) == 0);
        CHECK(problem(where.path("pipe")) == "is not a regular file");
        REQUIRE(::symlink("loop", where.path("loop").c_str()) == 0);
        CHECK(contains(problem(where.path("loop")), "cannot be read: "));
    }

    TEST_CASE("read_trusted_file: what others may write is not read; a link's target decides")
    {
        folder const where;
        auto const file = where.write("a", "text", 0664);
        REQUIRE(::symlink("a", where.path("link").c_str()) == 0);
        for (auto const& path : {file, where.path("link")}) {
            auto const got = config::read_trusted_file(path, 4);
            CHECK(!got.value);
            CHECK(contains(got.problem, "mode 0664"));
        }
        REQUIRE(::chmod(file.c_str(), 0644) == 0);
        CHECK(config::read_trusted_file(where.path("link"), 4).value);
    }

    TEST_CASE("read_trusted_file: another user's file is not read" * doctest::skip(!is_root))
    {
        folder const where;
        auto const file = where.write("a", "text", 0600);
        REQUIRE(::chown(file.c_str(), other, 0) == 0);
        auto const got = config::read_trusted_file(file, 4);
        CHECK(!got.value);
        CHECK(contains(got.problem, "(uid 65534, mode 0600): chown it to root"));
    }
}

TEST_SUITE("config: files that others may change")
{
    TEST_CASE("load: signet.yaml itself")
    {
        folder const where;
        config::sources from;
        from.now = now;
        for (mode_t const mode : {0666U, 0664U, 0622U}) {
            CAPTURE(mode);
            from.file = where.write("signet.yaml", good, mode);
            CHECK(outcome_of(from).says("signet.yaml: may be changed by others (uid "));
        }
        from.file = where.write("signet.yaml", good, 0644);
        CHECK(outcome_of(from).settings.has_value());
        if (is_root) {
            REQUIRE(::chown(from.file.c_str(), other, 0) == 0);
            CHECK(outcome_of(from).says("(uid 65534, mode 0644): chown it to root"));
        }
    }

    TEST_CASE("load: every kind of file that a setting names, each under that setting")
    {
        auto const key = core::crypto::generate(core::key_family::p256, 0);
        REQUIRE(key.has_value());
        auto const issuer = [](std::string const& more) {
            return "issuers: [{name: a, issuer: \"urn:a\", " + more + "}]\n";
        };
        auto const fetched = "jwks_uri: \"https://a.example/jwks\", ";
        struct row {
            std::string yaml, setting;
        };
        for (auto const& [yaml, setting] : std::vector<row>{
                 {"keys: [{name: a, file: x}]\n", "keys[0].file"},
                 {"keys: [{name: a, file: x, password: \"file:x\"}]\n", "keys[0].password"},
                 {"keys: [{name: a, jwk: \"file:x\"}]\n", "keys[0].jwk"},
                 {"keys: [{name: a, kid: a, secret: \"file:x\"}]\n", "keys[0].secret"},
                 {"keys: [{name: a, kid: a, secret_b64: \"file:x\"}]\n", "keys[0].secret_b64"},
                 {issuer("jwks_file: x"), "issuers[0].jwks_file"},
                 {issuer("pem_file: x"), "issuers[0].pem_file"},
                 {issuer(std::string(fetched) + "ca_file: x"), "issuers[0].ca_file"},
                 {issuer(std::string(fetched) + "client_cert: x, client_key: y"),
                  "issuers[0].client_cert"},
                 {issuer(std::string(fetched) + "client_cert: y, client_key: x"),
                  "issuers[0].client_key"},
                 {issuer(std::string(fetched) + "headers: {A: \"file:x\"}"),
                  "issuers[0].headers.A"}}) {
            CAPTURE(setting);
            folder const where;
            where.write("y", core::to_public_pem(**key), 0600);
            where.write("x", core::to_public_pem(**key), 0620);
            auto const said = setting + ": " + where.path("x") + " may be changed by others (uid ";
            CHECK(load_in(where, yaml).says(said));
            where.write("x", core::to_public_pem(**key), 0600);
            CHECK(!load_in(where, yaml).says("may be changed"));
            if (is_root) {
                REQUIRE(::chown(where.path("x").c_str(), other, 0) == 0);
                CHECK(load_in(where, yaml).says(said));
            }
        }
    }

    TEST_CASE("load: a default file that cannot be looked at or leads nowhere is not 'no file'")
    {
        folder const where;
        config::sources from;
        from.default_file = where.path("signet.yaml");
        CHECK(outcome_of(from).settings->dev);
        REQUIRE(::symlink("..data/signet.yaml", from.default_file.c_str()) == 0);
        CHECK(outcome_of(from).says("cannot be read: No such file"));
    }
}

TEST_SUITE("config: folders that others may change")
{
    TEST_CASE("load: one on the way to a file is warned of, once, and refuses nothing")
    {
        folder const where;
        auto const key = core::crypto::generate(core::key_family::p256, 0);
        where.write("keys/open/deep/a.pem", *core::to_private_pem(**key));
        auto const yaml = "keys: [{name: a, file: keys/open/deep/a.pem}]\n";
        CHECK(!load_in(where, yaml).warns("the folder"));
        auto const open = where.path("keys/open");
        REQUIRE(::chmod(open.c_str(), 0777) == 0);
        auto const got = load_in(where, yaml);
        REQUIRE(got.settings.has_value());
        CHECK(got.warns("the folder " + open + " may be changed by others (uid "));
        CHECK(got.warns("mode 0777), who can then replace " + where.path("keys/open/deep/a.pem")));
        auto const first = got.warnings.find("the folder");
        CHECK(got.warnings.find("the folder", first + 1) == std::string::npos);
        REQUIRE(::chmod(open.c_str(), 01777) == 0);
        CHECK(!load_in(where, yaml).warns("the folder"));
    }

    TEST_CASE("load: the folder of a link and that of its target both count")
    {
        folder const where;
        auto const key = core::crypto::generate(core::key_family::p256, 0);
        where.write("real/a.pem", *core::to_private_pem(**key));
        where.write("links/note", "");
        REQUIRE(::symlink("../real", where.path("links/data").c_str()) == 0);
        auto const yaml = "keys: [{name: a, file: links/data/a.pem}]\n";
        CHECK(!load_in(where, yaml).warns("the folder"));
        for (auto const* name : {"real", "links"}) {
            CAPTURE(name);
            REQUIRE(::chmod(where.path(name).c_str(), 0770) == 0);
            CHECK(load_in(where, yaml).warns("the folder " + where.path(name)));
            REQUIRE(::chmod(where.path(name).c_str(), 0700) == 0);
        }
    }

    TEST_CASE("load: the folder of kept keys is one of them")
    {
        folder const where;
        auto const yaml = good_issuer + "server: {jwks_cache_dir: kept}\n";
        where.write("kept/note", "");
        REQUIRE(::chmod(where.path("kept").c_str(), 0770) == 0);
        CHECK(load_in(where, yaml).warns("the folder " + where.path("kept")));
        REQUIRE(::chmod(where.path("kept").c_str(), 0700) == 0);
        CHECK(!load_in(where, yaml).warns("the folder"));
    }

    TEST_CASE("folders_that_decide: that of the file, and that of every link on the way")
    {
        folder const where;
        where.write("mounted/..2026_01/signet.yaml", "");
        where.write("elsewhere/a.pem", "");
        REQUIRE(::symlink("..2026_01", where.path("mounted/..data").c_str()) == 0);
        REQUIRE(::symlink("..data/signet.yaml", where.path("mounted/signet.yaml").c_str()) == 0);
        REQUIRE(::symlink("../elsewhere/a.pem", where.path("mounted/a.pem").c_str()) == 0);
        auto const has = [&](std::string const& file, std::string const& name) {
            auto const found = config::folders_that_decide(where.path(file));
            auto path = where.path(name);
            if (path.ends_with('/'))
                path.pop_back();
            return std::ranges::find(found, path) != found.end();
        };
        CHECK(has("mounted/signet.yaml", "mounted"));  // of the link, and of ..data
        CHECK(has("mounted/signet.yaml", "mounted/..2026_01"));
        CHECK(has("mounted/a.pem", "mounted"));
        CHECK(has("mounted/a.pem", "elsewhere"));
        CHECK(!has("mounted/..2026_01/signet.yaml", "mounted"));
        CHECK(has("mounted/none.yaml", "mounted"));  // it may come
        CHECK(has("none/none.yaml", ""));
    }
}
