#include "service/cli/cli.hpp"

#include <doctest/doctest.h>

#include <array>
#include <sstream>

using namespace service::cli;

namespace {

struct outcome {
    exit_code code;
    std::string out, err;
};

outcome signet(std::vector<std::string_view> const& words, std::string typed = {})
{
    std::istringstream in(std::move(typed));
    std::ostringstream out, err;
    terminal with{in, out, err};
    auto const code = run(words, with);
    return {code, out.str(), err.str()};
}

#define ADDRESS_OF(name) &name##_command,
constexpr std::array all{SIGNET_COMMANDS(ADDRESS_OF)};
#undef ADDRESS_OF

/// "jwk convert" is two words.
std::vector<std::string_view> words_of(std::string_view name)
{
    auto const space = name.find(' ');
    if (space == std::string_view::npos)
        return {name};
    return {name.substr(0, space), name.substr(space + 1)};
}

constexpr std::string_view secret_key =
    R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T","alg":"HS256"})";

}  // namespace

TEST_SUITE("service/cli/cli")
{
    TEST_CASE("run: every command answers --help with an example")
    {
        for (auto const* one : all) {
            CAPTURE(one->name);
            auto name = words_of(one->name);
            name.push_back("--help");
            auto const said = signet(name);
            CHECK(said.code == exit_code::ok);
            CHECK(said.out.find("Usage: signet ") != std::string::npos);
            CHECK(said.out.find("Example:\n  signet ") != std::string::npos);
            CHECK(said.err == "");
        }
        CHECK(signet({"--help"}).out.find("thumbprint") != std::string::npos);
        CHECK(signet({"jwk", "--help"}).out.find("serve ") == std::string::npos);
    }

    TEST_CASE("run: no command, or one that does not exist -> usage")
    {
        CHECK(signet({}).code == exit_code::usage);
        CHECK(signet({"jwk"}).code == exit_code::usage);
        CHECK(signet({"jwk"}).err.find("convert, public or thumbprint\n") != std::string::npos);
        CHECK(signet({"encrypt"}).code == exit_code::usage);
        auto const misspelt = signet({"verfy"});
        CHECK(misspelt.code == exit_code::usage);
        CHECK(misspelt.err.find("did you mean `verify`?") != std::string::npos);
        CHECK(signet({"jwk", "thumbprnt", "x"}).err.find("`thumbprint`") != std::string::npos);
    }

    TEST_CASE("run: too few or too many operands -> usage")
    {
        CHECK(signet({"verify", "--key", "x"}).code == exit_code::usage);
        CHECK(signet({"verify", "a", "b", "--key", "x"}).code == exit_code::usage);
        CHECK(signet({"serve", "now"}).code == exit_code::usage);
    }

    TEST_CASE("sign, verify: a token that was signed offline verifies offline")
    {
        auto const made =
            signet({"sign", "--key", "-", "--claims", R"({"sub":"ada"})"}, std::string(secret_key));
        REQUIRE(made.code == exit_code::ok);
        auto const token = made.out.substr(0, made.out.size() - 1);
        auto const read = signet({"verify", token, "--key", "-"}, std::string(secret_key));
        CHECK(read.code == exit_code::ok);
        CHECK(read.out.find(R"("claims":{"sub":"ada"})") != std::string::npos);
    }

    TEST_CASE("verify: a refused token -> 1, nothing on the output, the problem on the errors")
    {
        auto const made =
            signet({"sign", "--key", "-", "--claims", R"({"exp":1})"}, std::string(secret_key));
        auto const token = made.out.substr(0, made.out.size() - 1);
        auto const read = signet({"verify", token, "--key", "-"}, std::string(secret_key));
        CHECK(read.code == exit_code::refused);
        CHECK(read.out == "");
        CHECK(read.err.find(R"("valid":false)") != std::string::npos);
        CHECK(read.err.find("token_expired") != std::string::npos);
        auto const early = signet(
            {"verify", token, "--key", "-", "--now", "1970-01-01T00:00:00Z"},
            std::string(secret_key)
        );
        CHECK(early.code == exit_code::ok);
    }

    TEST_CASE("verify: without a key or a service -> usage")
    {
        CHECK(signet({"verify", "a.b.c"}).code == exit_code::usage);
        CHECK(signet({"verify", "a.b.c", "--profile", "x", "--key", "-"}).code == exit_code::usage);
    }

    TEST_CASE("encrypt, decrypt: a message that was encrypted offline opens offline")
    {
        constexpr std::string_view key = R"({"kty":"oct","k":"GawgguFyGrWKav7AX4VKUg"})";
        auto const made =
            signet({"encrypt", "--key", "-", "--claims", R"({"sub":"ada"})"}, std::string(key));
        REQUIRE(made.code == exit_code::ok);
        auto const token = made.out.substr(0, made.out.size() - 1);
        auto const read = signet({"decrypt", token, "--key", "-"}, std::string(key));
        CHECK(read.code == exit_code::ok);
        CHECK(read.out.find(R"("authenticated":false)") != std::string::npos);
        auto const plain =
            signet({"decrypt", token, "--key", "-", "--plaintext"}, std::string(key));
        CHECK(plain.out == R"({"sub":"ada"})");
        auto const other = signet(
            {"decrypt", token, "--key", "-"}, R"({"kty":"oct","k":"GawgguFyGrWKav7AX4VKUA"})"
        );
        CHECK(other.code == exit_code::refused);
        CHECK(other.out == "");
        CHECK(other.err.find("decryption_failed") != std::string::npos);
    }

    TEST_CASE("encrypt, decrypt: without a key, content or a service -> usage")
    {
        CHECK(signet({"encrypt", "--claims", "{}"}).code == exit_code::usage);
        CHECK(signet({"encrypt", "--key", "-"}, "{}").code == exit_code::usage);
        CHECK(signet({"decrypt", "a.b.c.d.e"}).code == exit_code::usage);
        CHECK(
            signet({"decrypt", "a.b.c.d.e", "--key", "-", "--key-name", "x"}).code
            == exit_code::usage
        );
        CHECK(
            signet({"decrypt", "a", "--key", "-", "--verify", "{}", "--plaintext"}, "{}").code
            == exit_code::usage
        );
    }

    TEST_CASE("jwk thumbprint: never of a secret")
    {
        auto const said = signet({"jwk", "thumbprint", "-"}, std::string(secret_key));
        CHECK(said.code == exit_code::usage);
        CHECK(said.out == "");
    }
}
