#include "core/base/base64url.hpp"
#include "core/crypto/key_agreement.hpp"
#include "core/jwe/decrypt.hpp"
#include "core/keys/jwk_write.hpp"
#include "tests/support/token_vectors.hpp"
#include "tests/support/vectors.hpp"

#include <doctest/doctest.h>

/// The appendices of the JOSE RFCs, one uniform list of rows for each RFC. (The rows that repeat
/// the cookbook's files are in cookbook_test.cpp.)
namespace {

std::string material_text(core::json::value row)
{
    auto const keys = row.find("keys");
    return keys ? "{\"keys\":" + std::string(keys->text()) + "}"
                : std::string(row.find("key")->text());
}

void check_jws(vectors::tally& tally, core::json::value row)
{
    auto const id = vectors::text_of(row, "id");
    auto const token = vectors::member(row, "token");
    if (vectors::text_of(row, "expect") != "valid") {
        auto const refused = vectors::verify({}, token);
        tally.must_refuse_although_valid(id, vectors::code_of(refused), "alg none is never on");
        CHECK(vectors::code_of(refused) == "algorithm_not_allowed");
        return;
    }
    auto const material = core::json::document::parse(material_text(row)).value();
    auto const keys = vectors::read_keys(material.root());
    REQUIRE(keys.has_value());
    std::optional<std::string> content;
    if (vectors::text_of(row, "serialization") == "compact-detached")
        content = core::base64url_decode_text(vectors::text_of(row, "payload_b64u"));
    auto const verified = vectors::verify(*keys, token, content);
    tally.must_accept(id, vectors::code_of(verified));
    if (token.is_object())
        return;
    if (auto const made = vectors::sign_again(keys->keys.front(), token.string(), content))
        tally.must_equal(id, *made, token.string());
}

std::string_view plaintext_of(core::opened_jwe const& opened)
{
    return core::as_text(opened.plaintext.view());
}

void check_jwe(vectors::tally& tally, core::json::value row)
{
    auto const id = vectors::text_of(row, "id");
    auto const keys = row.find("keys") ? vectors::member(row, "keys") : vectors::member(row, "key");
    auto const token = vectors::member(row, "token");
    // bleichenbacher.json has a JSON serialization as text
    auto const text = token.is_string() ? core::json::document::parse(std::string(token.string()))
                                        : core::result<core::json::document>(core::errc::internal);
    auto const sealed = text ? vectors::token_of(text->root()) : vectors::token_of(token);
    for (std::size_t i = 0; i < (keys.is_array() ? keys.size() : 1); ++i) {
        auto const key =
            keys.is_array() ? *std::next(keys.begin(), static_cast<std::ptrdiff_t>(i)) : keys;
        auto const opened = vectors::open(vectors::read_keys(key).value(), sealed);
        tally.must_be(vectors::text_of(row, "expect") == "valid", id, vectors::code_of(opened));
        if (opened)
            tally.must_equal(
                id, core::base64url_encode(opened->plaintext.view()),
                vectors::text_of(row, "plaintext_b64u")
            );
        else
            CHECK(vectors::code_of(opened) == "decryption_failed");
    }
}

/// A JWT inside a JWE: claims, or a signed JWT around them.
void check_sealed_jwt(vectors::tally& tally, core::json::value row)
{
    auto const id = vectors::text_of(row, "id");
    auto const key = row.find("key_enc") ? row.find("key_enc") : row.find("key");
    auto const opened =
        vectors::open(vectors::read_keys(*key).value(), vectors::member(row, "token"));
    tally.must_accept(id, vectors::code_of(opened));
    REQUIRE(opened.has_value());
    auto claims = std::string(plaintext_of(*opened));
    if (auto const signer = row.find("key_sig")) {
        auto const inside =
            vectors::verify(vectors::read_keys(*signer).value(), std::string_view(claims));
        tally.must_accept(std::string(id) + " inside", vectors::code_of(inside));
        claims = inside->payload();
    }
    auto const read = core::json::document::parse(claims).value();
    for (auto const claim : vectors::member(row, "claims"))
        CHECK(vectors::member(read.root(), claim.name()).text() == claim.text());
}

/// RFC 7518 appendix C: what the sender derives, and what the recipient does.
void check_agreement(vectors::tally& tally, core::json::value row)
{
    auto const mine = core::parse_jwk(vectors::member(row, "key"), core::key_role::holder).value();
    auto const theirs =
        core::parse_jwk(vectors::member(row, "epk"), core::key_role::holder).value();
    auto const apu = core::base64url_decode(vectors::text_of(row, "apu")).value();
    auto const apv = core::base64url_decode(vectors::text_of(row, "apv")).value();
    auto const& enc = *core::find_content_encryption(vectors::text_of(row, "enc"));
    for (auto const& [by, with] : {std::pair{mine, theirs}, std::pair{theirs, mine}}) {
        auto const key = core::crypto::agree(
            *by.material, *with.material, enc.name, apu, apv, enc.key_bits / 8U
        );
        tally.must_accept(vectors::text_of(row, "id"), vectors::code_of(key));
        tally.must_equal(
            vectors::text_of(row, "id"), core::base64url_encode(key->view()),
            vectors::text_of(row, "derived_key_b64u")
        );
    }
}

void check_row(vectors::tally& tally, core::json::value row)
{
    auto const id = vectors::text_of(row, "id");
    auto const kind = vectors::text_of(row, "kind");
    if (kind == "jws") {
        check_jws(tally, row);
    } else if (kind == "jwk") {
        tally.must_accept(
            id,
            vectors::code_of(core::parse_jwk(vectors::member(row, "jwk"), core::key_role::holder))
        );
    } else if (kind == "jwks") {
        auto const set = core::parse_jwk_set(vectors::member(row, "jwks"), core::set_source::own);
        tally.must_accept(id, vectors::code_of(set));
    } else if (kind == "thumbprint") {
        auto const key = core::parse_jwk(vectors::member(row, "jwk"), core::key_role::holder);
        tally.must_accept(id, vectors::code_of(key));
        if (key)
            tally.must_equal(
                id, core::thumbprint(*key->material), vectors::text_of(row, "thumbprint")
            );
    } else if (kind.substr(0, 8) == "cookbook") {
        tally.skip(id, "the cookbook's own files are read");
    } else if (kind == "jwe") {
        check_jwe(tally, row);
    } else if (kind == "ecdh-es-kdf") {
        check_agreement(tally, row);
    } else {
        check_sealed_jwt(tally, row);
    }
}

void check_file(std::string_view name, int rows)
{
    auto const file = vectors::read(name);
    if (!file)
        return;
    vectors::tally tally(name);
    for (auto const row : file->root())
        check_row(tally, row);
    CHECK(tally.rows() == rows);
}

}  // namespace

TEST_SUITE("vectors/rfc")
{
    TEST_CASE("RFC 7515 appendix A: six forms verify, the unsecured one is refused")
    {
        check_file("rfc/rfc7515.json", 7);
    }
    TEST_CASE("RFC 7516 appendix A: five tokens open, A.4 for each of its recipients")
    {
        check_file("rfc/rfc7516.json", 6);
    }
    TEST_CASE("RFC 7518 appendix C: both sides derive the same key")
    {
        check_file("rfc/rfc7518.json", 2);
    }
    TEST_CASE("RSA1_5: a right CEK with a wrong tag and a wrong CEK fail with the one code")
    {
        check_file("rfc/bleichenbacher.json", 2);
    }
    TEST_CASE("RFC 7517 appendices A and B: sets and the certificate chain are read")
    {
        check_file("rfc/rfc7517.json", 4);
    }
    TEST_CASE("RFC 7519: encrypted and nested JWTs open, the unsecured one is refused")
    {
        check_file("rfc/rfc7519.json", 4);
    }
    TEST_CASE("RFC 7638 section 3.1: the thumbprint")
    {
        check_file("rfc/rfc7638.json", 1);
    }
    TEST_CASE("RFC 7797 section 4: encoded and unencoded payload")
    {
        check_file("rfc/rfc7797.json", 4);
    }
    TEST_CASE("RFC 8037 appendix A: Ed25519")
    {
        check_file("rfc/rfc8037.json", 4);
    }
    TEST_CASE("RFC 9964: ML-DSA tokens verify")
    {
        check_file("rfc/rfc9964-mldsa.json", 3);
    }

    TEST_CASE("RFC 7515 A.1 to A.3 as JWTs: until the second before exp, and not at it")
    {
        auto const file = vectors::read("rfc/rfc7515.json");
        if (!file)
            return;
        vectors::tally tally("rfc/rfc7515.json, mode jwt");
        core::instant const exp{std::chrono::seconds{1300819380}};
        for (auto const row : file->root()) {
            auto const id = std::string(vectors::text_of(row, "id"));
            if (id != "7515-A.1" && id != "7515-A.2" && id != "7515-A.3") {
                tally.skip(id, "not a signed JWT in compact form");
                continue;
            }
            auto const keys = vectors::read_keys(vectors::member(row, "key")).value();
            auto const token = vectors::text_of(row, "token");
            auto const at = [&](core::instant now) {
                return vectors::code_of(vectors::verify_jwt(keys, token, now));
            };
            tally.must_accept(id + " at -1 s", at(exp - std::chrono::seconds{1}));
            tally.must_refuse(id + " at exp", at(exp));
            CHECK(at(exp) == "token_expired");
        }
        CHECK(tally.accepted() == 3);
    }
}
