#include "core/base/base64url.hpp"
#include "core/crypto/signature.hpp"
#include "core/keys/jwk_set.hpp"
#include "tests/support/token_vectors.hpp"
#include "tests/support/vectors.hpp"

#include <doctest/doctest.h>

using namespace core;
using vectors::text_of;

namespace {

/// Why no key of the set, chosen by the token's header, verifies it; empty when one does. Shape and
/// claims are covered by other vectors.
std::string_view refusal_of(json::value set_value, std::string_view token)
{
    auto const set = parse_jwk_set(set_value, set_source::own);
    if (!set)
        return vectors::code_of(set);
    auto const input = token.substr(0, token.rfind('.'));
    auto const signature = base64url_decode(token.substr(input.size() + 1)).value();
    auto const header =
        json::document::parse(base64url_decode_text(input.substr(0, input.find('.'))).value())
            .value();
    auto const* row = find_signature_algorithm(text_of(header.root(), "alg"));
    auto const keys =
        select_verification_keys(set->keys, {row, text_of(header.root(), "kid")}, set_source::own);
    if (!keys)
        return vectors::code_of(keys);
    for (auto const* key : *keys) {
        auto const verifier = crypto::make_verifier(key->material, *row);
        if (verifier && (*verifier)->verify(as_bytes(input), signature))
            return {};
    }
    return to_string(errc::signature_invalid);
}

}  // namespace

TEST_SUITE("vectors/wycheproof_key")
{
    TEST_CASE("parse_jwk_set, select_verification_keys: every row of json_web_key, none overridden")
    {
        auto const document = vectors::read("wycheproof/json_web_key_test.json");
        if (!document)
            return;
        vectors::tally tally("wycheproof json_web_key, only keys");
        for (auto const group : vectors::member(document->root(), "testGroups")) {
            auto const pub = group.find("public");
            auto const set = pub ? *pub : vectors::member(group, "private");
            for (auto const test : vectors::member(group, "tests"))
                tally.must_be(
                    text_of(test, "result") == "valid", vectors::member(test, "tcId").text(),
                    refusal_of(set, text_of(test, "jws"))
                );
        }
        CHECK(tally.rows() == 26);
    }
}
