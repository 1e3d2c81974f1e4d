#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"
#include "core/keys/jwk_write.hpp"
#include "tests/core/jwe/jwe_samples.hpp"

using namespace core;
using namespace samples;

namespace {

/// The part with its first octet changed.
std::string flipped(std::string_view part)
{
    auto octets = base64url_decode(part).value();
    octets.front() ^= 1U;
    return base64url_encode(octets);
}

}  // namespace

TEST_SUITE("core/jwe/decrypt")
{
    TEST_CASE("decrypt: whatever is changed, it is decryption_failed and nothing else")
    {
        for (auto const* alg :
             {"RSA-OAEP-256", "RSA1_5", "A128KW", "A128GCMKW", "ECDH-ES+A128KW",
              "PBES2-HS256+A128KW", "dir", "ECDH-ES"}) {
            for (auto const* enc : {"A128GCM", "A128CBC-HS256"}) {
                CAPTURE(alg);
                CAPTURE(enc);
                auto const key = key_for(alg_of(alg), enc_of(enc));
                auto const token = seal(key, alg, enc, "sixteen octets!!");
                for (int part = 1; part < 5; ++part) {
                    if (part_of(token, part).empty())
                        continue;
                    auto const changed = with_part(token, part, flipped(part_of(token, part)));
                    auto const opened = open(key, changed);
                    REQUIRE(!opened.has_value());
                    CHECK(opened.error() == errc::decryption_failed);
                    CHECK(opened.error().detail.empty());
                    CHECK(opened.error().part == token_part::none);
                }
            }
        }
    }

    TEST_CASE("decrypt: an encrypted key that is a number above the modulus is decryption_failed")
    {
        auto const key = jwk_of(key_family::rsa);
        auto const token = seal(key, "RSA-OAEP", "A128GCM", "x");
        auto const above = base64url_encode(bytes(256, 0xff));
        CHECK(code_of(open(key, with_part(token, 1, above))) == errc::decryption_failed);
        auto const longer = base64url_encode(bytes(300, 0x01));
        CHECK(code_of(open(key, with_part(token, 1, longer))) == errc::decryption_failed);
        CHECK(code_of(open(key, with_part(token, 1, "AA"))) == errc::decryption_failed);
    }

    TEST_CASE("decrypt: an alg or enc in the place of another does not open")
    {
        auto const key = secret_of(128);
        auto const token = seal(key, "A128KW", "A128GCM", "text");
        auto const swapped = [&](std::string_view header) {
            return code_of(open(key, with_header(token, header)));
        };
        CHECK(swapped(R"({"alg":"A192KW","enc":"A128GCM"})") == errc::key_invalid);
        CHECK(swapped(R"({"alg":"dir","enc":"A128GCM"})") == errc::token_malformed);
        CHECK(swapped(R"({"alg":"A128KW","enc":"A192GCM"})") == errc::token_malformed);
        CHECK(swapped(R"({"alg":"RSA-OAEP","enc":"A128GCM"})") == errc::key_not_found);
        CHECK(swapped(R"({"alg":"A128GCMKW","enc":"A128GCM"})") == errc::token_malformed);
        CHECK(swapped(R"({"alg":"A128KW","enc":"A128GCM","x":1})") == errc::decryption_failed);
    }

    TEST_CASE("decrypt: RSA1_5 and PBES2 are algorithm_not_allowed unless they are permitted")
    {
        auto const rsa = jwk_of(key_family::rsa);
        auto const secret = secret_of(256);
        CHECK(
            code_of(open(rsa, seal(rsa, "RSA1_5", "A128GCM", "x"), {}))
            == errc::algorithm_not_allowed
        );
        auto const token = seal(secret, "PBES2-HS512+A256KW", "A128GCM", "x");
        CHECK(code_of(open(secret, token, {})) == errc::algorithm_not_allowed);
        std::vector<std::string> const names{"PBES2-HS512+A256KW"};
        decrypt_policy policy;
        policy.permitted = names;
        CHECK(open(secret, token, policy).has_value());
    }

    TEST_CASE("decrypt: the lists of alg and enc narrow")
    {
        auto const key = secret_of(128);
        auto const token = seal(key, "A128KW", "A128GCM", "x");
        std::vector<std::string> const these{"A128KW", "A128GCM"}, others{"dir", "A256GCM"};
        auto policy = permissive();
        policy.algorithms = others;
        CHECK(code_of(open(key, token, policy)) == errc::algorithm_not_allowed);
        policy.algorithms = these;
        policy.encryptions = others;
        CHECK(code_of(open(key, token, policy)) == errc::algorithm_not_allowed);
        policy.encryptions = these;
        CHECK(open(key, token, policy).has_value());
    }

    TEST_CASE("decrypt: the key's kid, alg, use and key_ops bind")
    {
        auto const sealed_to = secret_of(128, "a");
        auto const token = seal(sealed_to, "A128KW", "A128GCM", "x");
        auto const code = [&](auto&& change) {
            auto key = sealed_to;
            change(key);
            auto const opened = open(key, token);
            return opened ? std::string("ok") : std::string(to_string(opened.error().code));
        };
        CHECK(code([](jwk&) {}) == "ok");
        CHECK(code([](jwk& key) { key.kid = "b"; }) == "key_not_found");
        CHECK(code([](jwk& key) { key.kid = ""; }) == "ok");
        CHECK(code([](jwk& key) { key.kid = "b", key.kid_is_derived = true; }) == "ok");
        CHECK(code([](jwk& key) { key.alg = "A128KW"; }) == "ok");
        CHECK(code([](jwk& key) { key.alg = "A128GCMKW"; }) == "algorithm_not_allowed");
        CHECK(code([](jwk& key) { key.use = key_use::sig; }) == "key_not_found");
        CHECK(code([](jwk& key) { key.use = key_use::enc; }) == "ok");
        CHECK(
            code([](jwk& key) { key.ops = static_cast<std::uint8_t>(key_op::wrap_key); })
            == "key_not_found"
        );
        CHECK(
            code([](jwk& key) { key.ops = static_cast<std::uint8_t>(key_op::unwrap_key); }) == "ok"
        );
        auto policy = permissive();
        policy.ignore_kid = true;
        auto renamed = sealed_to;
        renamed.kid = "b";
        CHECK(open(renamed, token, policy).has_value());
    }

    TEST_CASE("decrypt: the key_ops of an ECDH-ES key may name the derivation or the unwrapping")
    {
        auto const sealed_to = jwk_of(key_family::p256);
        auto const token = seal(sealed_to, "ECDH-ES+A128KW", "A128GCM", "x");
        auto const opens = [&](key_op op) {
            auto key = sealed_to;
            key.ops = static_cast<std::uint8_t>(op);
            return open(key, token).has_value();
        };
        for (auto const op : {key_op::derive_key, key_op::derive_bits, key_op::unwrap_key})
            CHECK(opens(op));
        for (auto const op : {key_op::wrap_key, key_op::encrypt, key_op::decrypt})
            CHECK_FALSE(opens(op));
    }

    TEST_CASE("decrypt: a dir key may state its enc (RFC 7520 section 5.6.1)")
    {
        auto key = secret_of(128);
        key.alg = "A128GCM";
        CHECK(open(key, seal(key, "dir", "A128GCM", "x")).has_value());
        auto other = secret_of(256);
        other.alg = "A256GCM";
        auto unbound = secret_of(256);
        auto const token = seal(unbound, "dir", "A128CBC-HS256", "x");
        CHECK(code_of(open(other, token)) == errc::key_not_found);
    }

    TEST_CASE("decrypt: of several keys without a kid the one that opens is found, within 8 tries")
    {
        auto const right = secret_of(128);
        auto const token = seal(right, "A128KW", "A128GCM", "x");
        auto const wrong = [] {
            jwk key;
            key.material = crypto::import_secret(secret_bytes(crypto::random_bytes(16))).value();
            return key;
        };
        std::vector<jwk> keys;
        for (int i = 0; i < 7; ++i)
            keys.push_back(wrong());
        keys.push_back(right);
        auto const parsed = unopened_jwe::parse_compact(token).value();
        CHECK(decrypt(parsed, keys, permissive()).has_value());
        keys.insert(keys.begin(), wrong());
        CHECK(code_of(decrypt(parsed, keys, permissive())) == errc::decryption_failed);
    }

    TEST_CASE("decrypt: a public key opens nothing, a short RSA key is key_invalid")
    {
        auto const key = jwk_of(key_family::rsa);
        auto const token = seal(key, "RSA-OAEP", "A128GCM", "x");
        std::string text;
        append_public_jwk(text, key);
        CHECK(code_of(open(parse_jwk_text(text).value(), token)) == errc::key_not_found);
    }
}
