#include "core/keys/jwk_write.hpp"
#include "tests/support/token_vectors.hpp"
#include "tests/support/vectors.hpp"

#include <doctest/doctest.h>

/// rfc.json: keys and tokens of RFC 7515, 7520, 7638, 7797 and 8037, so that every clone
/// checks the standards.
TEST_SUITE("vectors/own")
{
    TEST_CASE("RFC tokens: verified, or refused with the code that is named")
    {
        auto const file = vectors::read_own("rfc.json");
        vectors::tally tally("tests/vectors/rfc.json");
        auto const keys_by_name = vectors::member(file.root(), "keys");
        for (auto const row : vectors::member(file.root(), "tokens")) {
            auto const id = vectors::text_of(row, "id");
            auto const material = vectors::member(keys_by_name, vectors::text_of(row, "key"));
            auto const keys = vectors::read_keys(material).value();
            auto const token = vectors::member(row, "token");
            auto const content = row.find("content");
            auto const detached = content ? std::optional(content->string()) : std::nullopt;
            auto const code = vectors::code_of(vectors::verify(keys, token, detached));
            if (auto const refused = row.find("refused")) {
                tally.must_refuse_although_valid(id, code, vectors::text_of(row, "because"));
                CHECK(code == refused->string());
                continue;
            }
            tally.must_accept(id, code);
            if (token.is_object())
                continue;
            if (auto const made = vectors::sign_again(keys.keys.front(), token.string(), detached))
                tally.must_equal(id, *made, token.string());
        }
        CHECK(tally.accepted() == 18);
        CHECK(tally.refused() == 3);
    }

    TEST_CASE("RFC tokens: one changed character anywhere in a compact token refuses it")
    {
        auto const file = vectors::read_own("rfc.json");
        vectors::tally tally("tests/vectors/rfc.json, one character changed");
        for (auto const row : vectors::member(file.root(), "tokens")) {
            auto const token = vectors::member(row, "token").string();
            if (token.empty() || row.find("refused") || row.find("content"))
                continue;
            auto const material =
                vectors::member(vectors::member(file.root(), "keys"), vectors::text_of(row, "key"));
            auto const keys = vectors::read_keys(material).value();
            for (std::size_t i = 0; i < token.size(); i += 7) {
                std::string changed(token);
                changed[i] = changed[i] == 'A' ? 'B' : 'A';
                tally.must_refuse(
                    vectors::text_of(row, "id"),
                    vectors::code_of(vectors::verify(keys, std::string_view(changed)))
                );
            }
        }
        CHECK(tally.refused() > 400);
    }

    TEST_CASE("RFC 7638 section 3.1 and RFC 8037 A.3: thumbprints")
    {
        auto const file = vectors::read_own("rfc.json");
        vectors::tally tally("tests/vectors/rfc.json, thumbprints");
        for (auto const row : vectors::member(file.root(), "thumbprints")) {
            auto const key =
                core::parse_jwk(vectors::member(row, "jwk"), core::key_role::holder).value();
            tally.must_equal(
                vectors::text_of(row, "id"), core::thumbprint(*key.material),
                vectors::text_of(row, "thumbprint")
            );
        }
    }
}
