#include "core/crypto/content_encryption.hpp"
#include "core/crypto/digest.hpp"
#include "core/crypto/key_agreement.hpp"
#include "core/crypto/key_management.hpp"
#include "core/keys/jwk.hpp"
#include "tests/core/crypto/samples.hpp"
#include "tests/support/vectors.hpp"

#include <doctest/doctest.h>

using namespace core;
using samples::from_hex;
using vectors::text_of;

/// The primitives of JWE, each through the function that the tokens use.
namespace {

std::string id_of(json::value test)
{
    return std::string(vectors::member(test, "tcId").text());
}

template <class Row> void run(std::string_view file, Row const& check_row)
{
    auto const document = vectors::read("wycheproof/" + std::string(file) + "_test.json");
    if (!document)
        return;
    vectors::tally tally("wycheproof " + std::string(file));
    for (auto const group : vectors::member(document->root(), "testGroups")) {
        for (auto const test : vectors::member(group, "tests"))
            check_row(group, test, tally);
    }
    CHECK(tally.rows() == vectors::member(document->root(), "numberOfTests").integer());
    CHECK(tally.accepted() > 0);
    CHECK(tally.refused() > 0);
}

/// 32 octets of the Concat KDF for a known Z, computed with SHA-256 only. RFC 7518 section 4.6.2
bytes derived_from(byte_view z)
{
    bytes input{0, 0, 0, 1};
    input.insert(input.end(), z.begin(), z.end());
    static bytes const info{0, 0, 0, 1, 'A', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0};
    input.insert(input.end(), info.begin(), info.end());
    return crypto::digest(hash::sha256, input);
}

/// Points of small order give no secret and are refused at import; points of the twist are allowed.
void check_agreement(json::value, json::value test, vectors::tally& tally)
{
    auto const theirs = parse_jwk(vectors::member(test, "public"), key_role::holder);
    auto const mine = parse_jwk(vectors::member(test, "private"), key_role::holder);
    auto const z = from_hex(text_of(test, "shared"));
    bool const is_good = text_of(test, "result") != "invalid" && z != bytes(z.size());
    if (!theirs || !mine) {
        tally.must_be(is_good, id_of(test), to_string(errc::key_invalid));
        return;
    }
    auto const key = crypto::agree(*mine->material, *theirs->material, "A", {}, {}, 32);
    bool const is_right = key && std::ranges::equal(key->view(), derived_from(z));
    tally.must_be(
        is_good, id_of(test), is_right ? std::string_view{} : to_string(errc::key_invalid)
    );
}

/// A CEK whose size fits some enc, unwrapped by A*KW.
void check_wrap(json::value, json::value test, vectors::tally& tally)
{
    auto const secret = from_hex(text_of(test, "key"));
    auto const wrapped = from_hex(text_of(test, "ct"));
    auto const cek = from_hex(text_of(test, "msg"));
    auto const* enc = wrapped.size() == 24 ? "A128GCM"
        : wrapped.size() == 32             ? "A192GCM"
                                           : "A256GCM";
    if (wrapped.size() != 24 && wrapped.size() != 32 && wrapped.size() != 40) {
        tally.skip(id_of(test), "no CEK has this size: the token's shape is refused");
        return;
    }
    auto const alg = "A" + std::to_string(secret.size() * 8) + "KW";
    auto const key = crypto::import_secret(secret_bytes(byte_view(secret))).value();
    crypto::cek_parameters with;
    with.encrypted_key = wrapped;
    auto const found =
        crypto::open_cek(key, *find_key_management(alg), *find_content_encryption(enc), with);
    REQUIRE(found.has_value());
    bool const is_right = !cek.empty() && std::ranges::equal(found->view(), cek);
    tally.must_be(
        text_of(test, "result") == "valid", id_of(test),
        is_right ? std::string_view{} : to_string(errc::decryption_failed)
    );
}

template <class Enc> auto check_content(Enc enc_name)
{
    return [enc_name](json::value, json::value test, vectors::tally& tally) {
        auto const& enc = *find_content_encryption(enc_name);
        auto const of = [&](std::string_view name) { return from_hex(text_of(test, name)); };
        auto const key = of("key"), iv = of("iv"), aad = of("aad"), text = of("msg");
        auto const opened = crypto::open_content(enc, key, iv, of("ct"), of("tag"), aad);
        bool const is_right = opened && std::ranges::equal(opened->view(), text);
        bool const is_good = text_of(test, "result") == "valid";
        tally.must_be(
            is_good, id_of(test), is_right ? std::string_view{} : to_string(errc::decryption_failed)
        );
        if (is_good) {
            auto const sealed = crypto::seal_content(enc, key, iv, text, aad);
            CHECK(sealed.ciphertext == of("ct"));
            CHECK(sealed.tag == of("tag"));
        }
    };
}

}  // namespace

TEST_SUITE("vectors/wycheproof_encryption")
{
    TEST_CASE("agree: X25519 and X448")
    {
        run("x25519_jwk", check_agreement);
        run("x448_jwk", check_agreement);
    }

    TEST_CASE("open_cek: AES key wrap")
    {
        run("aes_wrap", check_wrap);
    }

    TEST_CASE("open_content, seal_content: AES-CBC with HMAC")
    {
        run("a128cbc_hs256", check_content("A128CBC-HS256"));
        run("a256cbc_hs512", check_content("A256CBC-HS512"));
    }

    TEST_CASE("RFC 7518 appendix B: A128CBC-HS256, A192CBC-HS384, A256CBC-HS512")
    {
        constexpr auto sentence =
            "A cipher system must not be required to be secret, and it must be able to fall into "
            "the hands of the enemy without inconvenience";
        constexpr auto principle = "The second principle of Auguste Kerckhoffs";
        auto const iv = from_hex("1af38c2dc2b96ffdd86694092341bc04");
        for (auto const& [name, tag] : {
                 std::pair{"A128CBC-HS256", "652c3fa36b0a7c5b3219fab3a30bc1c4"},
                 std::pair{"A192CBC-HS384", "8490ac0e58949bfe51875d733f93ac2075168039ccc733d7"},
                 std::pair{
                     "A256CBC-HS512",
                     "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5"},
             }) {
            auto const& enc = *find_content_encryption(name);
            bytes key(enc.key_bits / 8U);
            for (std::size_t i = 0; i < key.size(); ++i)
                key[i] = static_cast<std::uint8_t>(i);
            auto const text = as_bytes(std::string_view(sentence));
            auto const aad = as_bytes(std::string_view(principle));
            auto const sealed = crypto::seal_content(enc, key, iv, text, aad);
            CHECK(sealed.tag == from_hex(tag));
            auto const opened =
                crypto::open_content(enc, key, iv, sealed.ciphertext, sealed.tag, aad);
            REQUIRE(opened.has_value());
            CHECK(std::ranges::equal(opened->view(), text));
        }
    }

    TEST_CASE("RFC 8037 appendices A.6 and A.7: the secrets that X25519 and X448 agree on")
    {
        struct example {
            key_family curve;
            char const* mine;
            char const* theirs;
            char const* z;
        };
        for (auto const& one : {
                 example{
                     key_family::x25519,
                     "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
                     "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
                     "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
                 example{
                     key_family::x448,
                     "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf5"
                     "74a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
                     "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972"
                     "fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609",
                     "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56"
                     "fd2464c335543936521c24403085d59a449a5037514a879d"},
             }) {
            auto const mine =
                crypto::import_okp(one.curve, {}, secret_bytes(from_hex(one.mine))).value();
            auto const theirs = crypto::import_okp(one.curve, from_hex(one.theirs), {}).value();
            auto const key = crypto::agree(*mine, *theirs, "A", {}, {}, 32);
            REQUIRE(key.has_value());
            CHECK(std::ranges::equal(key->view(), derived_from(from_hex(one.z))));
        }
    }
}
