#include "core/base64url.hpp"
#include "core/crypto/signature.hpp"
#include "core/jwk_set.hpp"
#include "tests/vectors/vector_files.hpp"

#include <doctest/doctest.h>

using namespace core;
using vectors::text;

namespace {

/// Whether a key of the set, chosen by the token's header, verifies it. Shape and claims are the
/// business of other vectors.
bool verifies(json::value set_value, std::string_view token)
{
    auto const set = parse_jwk_set(set_value, set_source::own);
    if (!set)
        return false;
    auto const input = token.substr(0, token.rfind('.'));
    auto const signature = base64url_decode(token.substr(input.size() + 1)).value();
    auto const header =
        json::document::parse(base64url_decode_text(input.substr(0, input.find('.'))).value())
            .value();
    auto const* row = find_signature_algorithm(text(header.root(), "alg"));
    auto const keys =
        select_verification_keys(set->keys, {row, text(header.root(), "kid")}, set_source::own);
    if (!keys)
        return false;
    for (auto const* key : *keys) {
        auto const verifier = crypto::make_verifier(key->material, *row);
        if (verifier && (*verifier)->verify(as_bytes(input), signature))
            return true;
    }
    return false;
}

}  // namespace

TEST_SUITE("vectors/wycheproof_key")
{
    TEST_CASE("parse_jwk_set, select_verification_keys: every row of json_web_key, none overridden")
    {
        auto const document = vectors::open("wycheproof/json_web_key_test.json");
        if (!document)
            return;
        vectors::tally result;
        result.name = "wycheproof json_web_key";
        auto const groups = document->root().find("testGroups").value();
        for (auto const group : groups) {
            auto const pub = group.find("public");
            auto const set = pub ? *pub : *group.find("private");
            auto const tests = group.find("tests").value();
            for (auto const test : tests) {
                CAPTURE(test.text());
                bool const expected = text(test, "result") == "valid";
                bool const verified = verifies(set, text(test, "jws"));
                CHECK(verified == expected);
                result.count(expected, verified);
            }
        }
        result.print();
        CHECK(result.accepted + result.refused == 26);
    }
}
