#include "tests/support/token_vectors.hpp"
#include "tests/support/vectors.hpp"

#include <doctest/doctest.h>

#include <array>

/// The JWE files of latchset/jose: RFC 7520 section 5 in up to three serializations (.jwec compact,
/// .jwef flattened, .jweg general), and the token of CVE-2023-50967.
namespace {

std::string path_of(std::string_view file)
{
    return "latchset-jose/tests/vectors/" + std::string(file);
}

struct token_file {
    std::string_view name;
    std::string_view forms;     ///< c, f, g
    std::string_view key = {};  ///< the file with its key, if it is another one
    std::string_view refused_because = {};
};

constexpr std::string_view unprotected = "it has no protected header: enc is not protected";

constexpr std::array tokens{
    token_file{"rfc7520_5.1", "cfg"},
    token_file{"rfc7520_5.2", "cfg"},
    token_file{"rfc7520_5.3", "cfg"},
    token_file{"rfc7520_5.4", "cfg"},
    token_file{"rfc7520_5.5", "cg"},
    token_file{"rfc7520_5.6", "cg"},
    token_file{"rfc7520_5.7", "cfg"},
    token_file{"rfc7520_5.8", "cfg"},
    token_file{"rfc7520_5.9", "cfg"},
    token_file{"rfc7520_5.10", "fg"},
    token_file{"rfc7520_5.11", "fg"},
    token_file{"rfc7520_5.12", "fg", {}, unprotected},
    token_file{"rfc7520_5.13", "g", "rfc7520_5.13.1.jwk"},
    token_file{"rfc7520_5.13", "g", "rfc7520_5.13.2.jwk"},
    token_file{"rfc7520_5.13", "g", "rfc7520_5.13.3.jwk"},
};

/// A file that only names another one is a symbolic link that became text.
std::string read_file(std::string_view file)
{
    auto text = vectors::read_text(path_of(file)).value();
    return text.starts_with("rfc7520_") ? read_file(text) : text;
}

vectors::inline_keys read_key(std::string const& file)
{
    auto const text = read_file(file);
    return vectors::read_keys(core::json::document::parse(text).value().root()).value();
}

void check(token_file const& one, char form, vectors::tally& tally)
{
    auto const name = std::string(one.name);
    auto const keys = read_key(one.key.empty() ? name + ".jwk" : std::string(one.key));
    auto const text = vectors::read_text(path_of(name + ".jwe" + form)).value();
    auto const json = core::json::document::parse(text);
    auto const opened =
        json ? vectors::open(keys, json->root()) : vectors::open(keys, std::string_view(text));
    auto const row = name + ".jwe" + form + " " + std::string(one.key);
    if (!one.refused_because.empty()) {
        tally.must_refuse_although_valid(row, vectors::code_of(opened), one.refused_because);
        return;
    }
    tally.must_accept(row, vectors::code_of(opened));
    REQUIRE(opened.has_value());
    CHECK(core::as_text(opened->plaintext.view()) == read_file(name + ".pt"));
}

}  // namespace

TEST_SUITE("vectors/latchset_jwe")
{
    TEST_CASE("JWE files: every serialization opens with every key file")
    {
        if (!vectors::read_text(path_of("rfc7520_5.1.jwk")))
            return;
        vectors::tally tally("latchset-jose JWE");
        for (auto const& one : tokens) {
            for (char const form : one.forms)
                check(one, form, tally);
        }
        CHECK(tally.rows() == 34);
    }

    TEST_CASE("CVE-2023-50967: a p2c of a billion is refused before anything is stretched")
    {
        if (!vectors::read_text(path_of("rfc7520_5.1.jwk")))
            return;
        vectors::tally tally("latchset-jose CVE-2023-50967");
        std::string const folder = "latchset-jose/tests/cve-2023-50967/cve-2023-50967";
        auto const key = core::json::document::parse(*vectors::read_text(folder + ".jwk")).value();
        auto const token =
            core::json::document::parse(*vectors::read_text(folder + ".jwe")).value();
        auto const opened = vectors::open(vectors::read_keys(key.root()).value(), token.root());
        tally.must_refuse("cve-2023-50967.jwe", vectors::code_of(opened));
        CHECK(vectors::code_of(opened) == "header_invalid");
    }
}
