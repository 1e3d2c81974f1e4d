#include "core/base/base64url.hpp"
#include "tests/core/crypto/samples.hpp"
#include "tests/support/token_vectors.hpp"
#include "tests/support/vectors.hpp"

#include <doctest/doctest.h>

/// Attacks on JWE tokens. Every algorithm is allowed; the alg of a JWK is binding.
namespace {

void run_row(
    core::result<vectors::inline_keys> const& keys, core::json::value test, vectors::tally& tally
)
{
    auto const id = vectors::member(test, "tcId").integer().value();
    auto const row = std::to_string(id) + " " + std::string(vectors::text_of(test, "comment"));
    auto code = vectors::code_of(keys);
    if (keys) {
        // Wycheproof is for readers of compact tokens: a JSON serialization is given as text.
        auto const jwe = vectors::member(test, "jwe");
        auto const compact = jwe.is_object() ? jwe.text() : jwe.string();
        auto const opened = vectors::open(*keys, compact);
        code = vectors::code_of(opened);
        auto const pt = test.find("pt");
        if (opened && pt)
            CHECK(
                core::bytes(opened->plaintext.view().begin(), opened->plaintext.view().end())
                == samples::from_hex(pt->string())
            );
    }
    tally.must_be(vectors::text_of(test, "result") == "valid", row, code);
}

void run_file(std::string_view name, int jwe_rows)
{
    auto const file = vectors::read(name);
    if (!file)
        return;
    vectors::tally tally(std::string(name) + ", JWE");
    for (auto const group : vectors::member(file->root(), "testGroups")) {
        auto const keys = vectors::read_keys(vectors::member(group, "private"));
        for (auto const test : vectors::member(group, "tests")) {
            if (test.find("jwe"))
                run_row(keys, test, tally);
        }
    }
    CHECK(tally.rows() == jwe_rows);
}

}  // namespace

TEST_SUITE("vectors/wycheproof_jwe")
{
    TEST_CASE("json_web_encryption: every row is right")
    {
        run_file("wycheproof/json_web_encryption_test.json", 139);
    }

    TEST_CASE("json_web_crypto: every JWE row is right")
    {
        run_file("wycheproof/json_web_crypto_test.json", 34);
    }
}
