#include "core/base/base64url.hpp"
#include "tests/support/token_vectors.hpp"
#include "tests/support/vectors.hpp"

#include <doctest/doctest.h>

/// rfc_jwe.json: keys and tokens of RFC 7516 and RFC 7520 section 5, so that every clone
/// checks the standards.
TEST_SUITE("vectors/own_jwe")
{
    TEST_CASE("RFC tokens: opened, or refused with the code that is named")
    {
        auto const file = vectors::read_own("rfc_jwe.json");
        vectors::tally tally("tests/vectors/rfc_jwe.json");
        auto const keys_by_name = vectors::member(file.root(), "keys");
        for (auto const row : vectors::member(file.root(), "tokens")) {
            auto const id = vectors::text_of(row, "id");
            auto const material = vectors::member(keys_by_name, vectors::text_of(row, "key"));
            auto const keys = vectors::read_keys(material).value();
            auto const opened = vectors::open(keys, vectors::member(row, "token"));
            if (auto const refused = row.find("refused")) {
                auto const because = vectors::text_of(row, "because");
                tally.must_refuse_although_valid(id, vectors::code_of(opened), because);
                CHECK(vectors::code_of(opened) == refused->string());
                continue;
            }
            tally.must_accept(id, vectors::code_of(opened));
            REQUIRE(opened.has_value());
            CHECK(core::as_text(opened->plaintext.view()) == vectors::text_of(row, "plaintext"));
        }
        CHECK(tally.accepted() == 11);
        CHECK(tally.refused() == 1);
    }

    TEST_CASE("RFC tokens: one changed character anywhere in a compact token refuses it")
    {
        auto const file = vectors::read_own("rfc_jwe.json");
        vectors::tally tally("tests/vectors/rfc_jwe.json, one character changed");
        for (auto const row : vectors::member(file.root(), "tokens")) {
            auto const token = vectors::member(row, "token").string();
            auto const material =
                vectors::member(vectors::member(file.root(), "keys"), vectors::text_of(row, "key"));
            auto const keys = vectors::read_keys(material).value();
            for (std::size_t i = 0; i < token.size(); i += 11) {
                std::string changed(token);
                changed[i] = changed[i] == 'A' ? 'B' : 'A';
                tally.must_refuse(
                    vectors::text_of(row, "id"),
                    vectors::code_of(vectors::open(keys, std::string_view(changed)))
                );
            }
        }
        CHECK(tally.refused() > 300);
    }
}
