#include "core/base/base64.hpp"
#include "core/keys/key_text.hpp"
#include "tests/core/crypto/samples.hpp"
#include "tests/core/keys/key_file_samples.hpp"
#include "tests/core/rfc_samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace core;
using samples::der_of;

TEST_SUITE("core/keys/key_text")
{
    TEST_CASE("looks_like_key_text: every text of a key, with white space or a mark before it")
    {
        for (auto const text :
             {samples::rsa_pkcs1, samples::rsa_spki, samples::ec_cert, samples::ec_sec1,
              samples::ec_enc_pbkdf2, samples::ssh_rsa, samples::ssh_rsa_pub,
              samples::ssh_ed25519_pub, samples::ssh_p384_pub, samples::es256_jwk}) {
            for (std::string_view const before :
                 {"", " ", "\n\n", "\t\r\n ", "\xef\xbb\xbf", "\xef\xbb\xbf \n", " \xef\xbb\xbf",
                  "\v\f"}) {
                auto const padded = std::string(before) + std::string(text) + " \n";
                CHECK(looks_like_key_text(as_bytes(padded)));
                CHECK(import_shared_secret(secret_bytes(padded)).error() == errc::key_invalid);
            }
        }
        CHECK(looks_like_key_text(as_bytes("# comment\n-----BEGIN PUBLIC KEY-----")));
        CHECK(looks_like_key_text(as_bytes(R"({"keys":[]})")));
        CHECK(looks_like_key_text(as_bytes("{\"\\u006bty\":\"RSA\"}")));
        for (auto const pem :
             {samples::rsa_pkcs1, samples::rsa_pkcs1_public, samples::rsa_spki, samples::ec_sec1,
              samples::ec_pkcs8, samples::ec_cert, samples::ec_enc_pbkdf2, samples::ed25519})
            CHECK(looks_like_key_text(der_of(pem)));
        for (auto const pem : {samples::rsa_spki, samples::ec_cert, samples::ec_sec1}) {
            auto der = der_of(pem);
            auto const line = base64_encode(der);  // as Keycloak's `public_key`
            CHECK(looks_like_key_text(as_bytes(line)));
            CHECK(looks_like_key_text(as_bytes(" " + line.substr(0, 64) + "\r\n" + line.substr(64)))
            );
            der.push_back('\n');
            CHECK(looks_like_key_text(der));
        }
        CHECK(looks_like_key_text(as_bytes("[ " + std::string(samples::es256_jwk) + "]")));
    }

    TEST_CASE("looks_like_key_text: random octets and ordinary texts are not key text")
    {
        for (auto const* text :
             {"", "0", "secret", "{}", R"({"password":"x"})", "ssh", "-----", "BEGIN PUBLIC KEY",
              "MIIBIjANBg"})
            CHECK(!looks_like_key_text(as_bytes(text)));
        for (std::size_t size : {16U, 32U, 48U, 64U}) {
            bytes octets(size, 0xa7);
            octets[0] = 0x30;
            octets[1] = static_cast<std::uint8_t>(size - 2);
            CHECK(!looks_like_key_text(octets));
        }
    }
}
