#include "service/cli/cli.hpp"
#include "tests/service/audit/audit_world.hpp"

#include <sstream>

using namespace service::cli;
using namespace tests;

namespace {

struct outcome {
    exit_code code;
    std::string out, err;
};

outcome verify(std::vector<std::string> const& words)
{
    std::vector<std::string_view> all{"audit", "verify"};
    all.insert(all.end(), words.begin(), words.end());
    std::istringstream in;
    std::ostringstream out, err;
    terminal with{in, out, err};
    auto const code = run(all, with);
    return {code, out.str(), err.str()};
}

/// A log of a few records; returns its last one.
core::audit_place make_log(audit_folder const& in, core::crypto::key_ptr secret = nullptr)
{
    service::audit_file log({in.log(), {}, 1 << 20, 0, false}, std::move(secret));
    REQUIRE(log.open(core::instant{}));
    std::vector<std::string> const records(3, R"("ts":"t","event":"sign","caller":"orders")");
    REQUIRE(log.append(records, core::instant{}));
    return log.last();
}

std::string replaced(std::string text, std::string_view what, std::string_view by)
{
    auto const at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

}  // namespace

TEST_SUITE("service/cli/audit_verify")
{
    TEST_CASE("audit verify: a log as it was written -> 0, how many records, and its position")
    {
        audit_folder const in;
        auto const last = make_log(in);
        auto const said = verify({in.log()});
        CHECK(said.code == exit_code::ok);
        CHECK(
            said.out
            == "4 records, 1 to 4, are as they were written\nposition 4:" + last.seal + "\n"
        );
        CHECK(said.err == "");
        CHECK(verify({in.log(), "--position", "4:" + last.seal}).code == exit_code::ok);
    }

    TEST_CASE("audit verify: a changed record -> 1, with file, line and what is wrong")
    {
        audit_folder const in;
        make_log(in);
        in.write("audit.log", replaced(in.text("audit.log"), "orders", "nobody"));
        auto const said = verify({in.log()});
        CHECK(said.code == exit_code::refused);
        CHECK(said.out == "");
        CHECK(
            said.err == in.log() + ":2: changed: record 2 was changed, or sealed with a secret\n"
        );
    }

    TEST_CASE("audit verify: what is cut off is found by the position file, or by one that is given"
    )
    {
        audit_folder const in;
        auto const last = make_log(in);
        auto text = in.text("audit.log");
        in.write("audit.log", text.substr(0, text.rfind('\n', text.size() - 2) + 1));
        auto const said = verify({in.log()});
        CHECK(said.code == exit_code::refused);
        CHECK(said.err.find("audit.log: cut: the chain reached record 4") != std::string::npos);
        std::filesystem::remove(in.log() + ".position");
        CHECK(verify({in.log()}).err.find(": cut: the last file has no end") != std::string::npos);
        CHECK(
            verify({in.log(), "--position", "4:" + last.seal}).err.find(": cut: the chain reached")
            != std::string::npos
        );
    }

    TEST_CASE("audit verify: a chain with a secret needs it")
    {
        audit_folder const in;
        std::string const secret(32, 's');
        make_log(in, core::crypto::import_secret(core::secret_bytes(secret)).value());
        in.write("secret", secret + "\n");
        in.write("short", "too short");
        CHECK(verify({in.log()}).code == exit_code::refused);
        CHECK(verify({in.log(), "--secret-file", in.path("secret")}).code == exit_code::ok);
        CHECK(verify({in.log(), "--secret-file", in.path("short")}).code == exit_code::usage);
    }

    TEST_CASE("audit verify: no file, one that is not there, no position -> usage")
    {
        audit_folder const in;
        make_log(in);
        CHECK(verify({}).code == exit_code::usage);
        CHECK(verify({in.path("none")}).code == exit_code::usage);
        CHECK(verify({in.log(), "--position", "4"}).code == exit_code::usage);
        in.write("audit.log.position", "nonsense");
        CHECK(verify({in.log()}).code == exit_code::usage);
    }

    TEST_CASE("audit verify: a line without an end does not take more memory than a record")
    {
        audit_folder const in;
        in.write("audit.log", std::string(1 << 20, 'x') + "\n");
        auto const said = verify({in.log()});
        CHECK(said.code == exit_code::refused);
        CHECK(said.err.find(":1: unreadable: ") != std::string::npos);
    }
}
