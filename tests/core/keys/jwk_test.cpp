#include "core/base/base64url.hpp"
#include "core/crypto/signature.hpp"
#include "core/keys/jwk.hpp"
#include "core/keys/jwk_write.hpp"
#include "tests/core/crypto/samples.hpp"
#include "tests/core/keys/jwk_samples.hpp"
#include "tests/core/rfc_samples.hpp"

#include <doctest/doctest.h>

using namespace core;
using namespace samples;

namespace {

void check_refused(std::string_view members, std::string_view more = "")
{
    CAPTURE(members);
    CAPTURE(more);
    auto const key = parsed(members, more);
    REQUIRE(!key.has_value());
    CHECK(key.error() == errc::key_invalid);
    CHECK(!key.error().detail.empty());
}

}  // namespace

TEST_SUITE("core/keys/jwk")
{
    TEST_CASE("parse_jwk: keys of RFC 7515 A.1 to A.4 and RFC 8037 A.4 verify their tokens")
    {
        for (auto const& [alg, text, token] : {
                 std::tuple{"HS256", samples::hs256_jwk, samples::hs256_token},
                 std::tuple{"RS256", samples::rs256_jwk, samples::rs256_token},
                 std::tuple{"ES256", samples::es256_jwk, samples::es256_token},
                 std::tuple{"ES512", samples::es512_jwk, samples::es512_token},
                 std::tuple{"EdDSA", samples::ed25519_jwk, samples::ed25519_token},
             }) {
            CAPTURE(alg);
            auto const key = parse_jwk_text(text);
            REQUIRE(key.has_value());
            CHECK(key->material->is_private());
            auto const dot = token.rfind('.');
            auto const signature = base64url_decode(token.substr(dot + 1)).value();
            auto const verifying =
                crypto::make_verifier(key->material, *find_signature_algorithm(alg)).value();
            CHECK(verifying->verify(as_bytes(token.substr(0, dot)), signature));
        }
    }

    TEST_CASE("parse_jwk: kid, alg, use and key_ops are read, unknown members are ignored")
    {
        auto const key = parsed(
            ec_public,
            R"(,"kid":"a","alg":"ES256","use":"sig","key_ops":["verify","x-own"],"x-y":1)"
        );
        REQUIRE(key.has_value());
        CHECK(key->kid == "a");
        CHECK(!key->kid_is_derived);
        CHECK(key->alg == "ES256");
        CHECK(key->use == key_use::sig);
        CHECK(key->may(key_op::verify));
        CHECK(!key->may(key_op::sign));
        CHECK(key->material->family() == key_family::p256);
        CHECK(!key->material->is_private());
    }

    TEST_CASE(
        "parse_jwk: not an object, not JSON, or without a kty that is supported is key_invalid"
    )
    {
        for (auto const* text :
             {"", "[]", "\"a\"", "{", "{}", R"({"kty":"OCT","k":"AAAA"})", R"({"kty":1})",
              R"({"kty":"EC","kty":"EC"})"}) {
            auto const key = parse_jwk_text(text);
            REQUIRE(!key.has_value());
            CHECK(key.error() == errc::key_invalid);
        }
    }

    TEST_CASE(
        "parse_jwk: members that are missing, ill-typed or not strict base64url are key_invalid"
    )
    {
        check_refused(R"("kty":"oct")");
        check_refused(R"("kty":"oct","k":"")");
        check_refused(R"("kty":"oct","k":5)");
        check_refused(R"("kty":"oct","k":"AyM1SysP=")");
        check_refused(R"("kty":"OKP","crv":"Ed25519")");
        check_refused(R"("kty":"OKP","crv":"Ed25519","x":"")");
        check_refused(
            R"("kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")"
        );
        check_refused(
            R"("kty":"OKP","crv":"P-256","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")"
        );
        check_refused(R"("kty":"RSA","e":"AQAB")");
        check_refused(R"("kty":"AKP","pub":"AAAA")");
        check_refused(R"("kty":"AKP","alg":"ES256","pub":"AAAA")");
        check_refused(ed25519_public, R"(,"d":"")");
        check_refused(ed25519_public, R"(,"d":null)");
        check_refused(ed25519_public, R"(,"kid":7)");
        check_refused(ed25519_public, R"(,"alg":7)");
        check_refused(ed25519_public, R"(,"use":7)");
    }

    TEST_CASE("parse_jwk: an RSA key with its primes but without dp, dq and qi is key_invalid")
    {
        std::string text(samples::rs256_jwk);
        auto const without = [&](std::string_view name) {
            auto const begin = text.find(",\"" + std::string(name) + "\":");
            auto const end = text.find('"', begin + name.size() + 5);
            text.erase(begin, end + 1 - begin);
            return parse_jwk_text(text);
        };
        CHECK(without("qi").error() == errc::key_invalid);
        CHECK(without("dq").error() == errc::key_invalid);
        CHECK(without("dp").error() == errc::key_invalid);
        CHECK(without("q").error() == errc::key_invalid);
        CHECK(without("p").has_value());  // only n, e and d
    }

    TEST_CASE("parse_jwk: a counterpart's private members are not read, whatever they are")
    {
        for (auto const* more :
             {R"(,"d":7)", R"(,"d":"")", R"(,"d":"AAAA")", R"(,"d":"!","p":null,"oth":[])",
              R"(,"k":{},"priv":false)"}) {
            CAPTURE(more);
            for (auto const members : {ed25519_public, ec_public}) {
                auto const text = "{" + std::string(members) + more + "}";
                auto const key = parse_jwk_text(text, key_role::counterpart);
                REQUIRE(key.has_value());
                CHECK(!key->material->is_private());
                CHECK(parse_jwk_text(text, key_role::published).has_value());
            }
        }
        auto const key = parse_jwk_text(samples::rs256_jwk, key_role::counterpart);
        REQUIRE(key.has_value());
        CHECK(!key->material->is_private());
        CHECK(key->private_half_unread);
        CHECK(
            thumbprint(*key->material) == thumbprint(*parse_jwk_text(samples::rs256_jwk)->material)
        );
    }

    TEST_CASE("parse_jwk: both sides hold a secret; where keys are published it is key_invalid")
    {
        auto const text = "{" + std::string(oct_secret) + "}";
        CHECK(parse_jwk_text(text, key_role::counterpart)->material->is_private());
        CHECK(parse_jwk_text(text, key_role::published).error() == errc::key_invalid);
        CHECK(parse_jwk_text(R"({"kty":"oct"})", key_role::published).error() == errc::key_invalid);
    }

    TEST_CASE("parse_jwk: what a private half may do, its public half may do the other way round")
    {
        auto const ops_of = [](std::string_view ops, std::string_view more, key_role role) {
            return parse_jwk_text(
                       "{" + std::string(ec_public) + std::string(more) + R"(,"key_ops":[)"
                           + std::string(ops) + "]}",
                       role
            )
                ->ops;
        };
        auto const bits = [](auto... op) {
            return static_cast<std::uint8_t>((static_cast<unsigned>(op) | ...));
        };
        auto const there = R"(,"d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")";
        auto const role = key_role::counterpart;
        CHECK(ops_of(R"("sign")", there, role) == bits(key_op::sign, key_op::verify));
        CHECK(ops_of(R"("unwrapKey")", there, role) == bits(key_op::unwrap_key, key_op::wrap_key));
        CHECK(ops_of(R"("decrypt")", there, role) == bits(key_op::decrypt, key_op::encrypt));
        CHECK(ops_of(R"("sign")", "", role) == bits(key_op::sign));
        CHECK(ops_of(R"("sign")", there, key_role::holder) == bits(key_op::sign));
    }

    TEST_CASE("parse_jwk: 32 key_ops are read, 33 are key_invalid")
    {
        auto const with = [](int count) {
            std::string ops = R"(,"key_ops":["verify")";
            for (int i = 1; i < count; ++i)
                ops += ",\"x" + std::to_string(i) + "\"";
            return parsed(ec_public, ops + "]");
        };
        CHECK(with(32).has_value());
        CHECK(with(33).error() == errc::key_invalid);
    }

    TEST_CASE("parse_jwk: described, a key without its primes is read as its public half")
    {
        std::string text(samples::rs256_jwk);
        text = text.substr(0, text.find(",\"p\":")) + "}";
        auto const key = parse_jwk_text(text, key_role::described);
        REQUIRE(key.has_value());
        CHECK(!key->material->is_private());
        CHECK(key->private_half_unread);
        auto const d = text.find("\"d\":\"") + 5;
        CHECK(
            parse_jwk_text(text.substr(0, d) + "AA\"}", key_role::described).error()
            == errc::key_invalid
        );
        CHECK(parse_jwk_text(samples::rs256_jwk, key_role::described)->material->is_private());
    }

    TEST_CASE("parse_jwk: a wrong private half is key_invalid")
    {
        check_refused(ed25519_public, R"(,"d":"AAGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")");
        check_refused(ec_public, R"(,"d":"AAsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")");
    }

    TEST_CASE("parse_jwk: an alg of another family or of no registry is key_invalid")
    {
        for (auto const* alg :
             {"ES384", "ES521", "ES224", "RS256", "HS256", "none", "", "dir", "RSA-OAEP",
              "es256"}) {
            auto const member = R"(,"alg":")" + std::string(alg) + "\"";
            if (std::string_view(alg).empty())
                CHECK(parsed(ec_public, member).has_value());
            else
                check_refused(ec_public, member);
        }
        check_refused(ed25519_public, R"(,"alg":"Ed448")");
        check_refused(ed25519_public, R"(,"alg":"ECDH-ES")");
        check_refused(oct_secret, R"(,"alg":"RS256")");
    }

    TEST_CASE("parse_jwk: algs of encryption are accepted on the kinds of key that they are for")
    {
        for (auto const* alg :
             {"dir", "A128KW", "A256GCMKW", "A128GCM", "A256CBC-HS512", "PBES2-HS256+A128KW",
              "HS512"})
            CHECK(parsed(oct_secret, R"(,"alg":")" + std::string(alg) + "\"").has_value());
        CHECK(parsed(ec_public, R"(,"alg":"ECDH-ES+A128KW","use":"enc")").has_value());
    }

    TEST_CASE("parse_jwk: alg, use and key_ops that contradict one another are key_invalid")
    {
        check_refused(ec_public, R"(,"alg":"ES256","use":"enc")");
        check_refused(ec_public, R"(,"alg":"ECDH-ES","use":"sig")");
        check_refused(oct_secret, R"(,"alg":"A256GCM","use":"sig")");
        check_refused(ec_public, R"(,"use":"sig","key_ops":["deriveKey"])");
        check_refused(ec_public, R"(,"use":"sig","key_ops":["verify","deriveKey"])");
        check_refused(ec_public, R"(,"use":"enc","key_ops":["verify"])");
        check_refused(ec_public, R"(,"alg":"ES256","key_ops":["encrypt"])");
        check_refused(ec_public, R"(,"key_ops":["verify","verify"])");
        check_refused(ec_public, R"(,"alg":"ES256","key_ops":[])");
        check_refused(ec_public, R"(,"use":"sig","key_ops":[])");
        check_refused(ec_public, R"(,"key_ops":{})");
        check_refused(oct_secret, R"(,"key_ops":[])");
        check_refused(ec_public, R"(,"key_ops":["own"])");
        check_refused(ec_public, R"(,"key_ops":"verify")");
        check_refused(ec_public, R"(,"key_ops":[1])");
        check_refused(ec_public, R"(,"use":"tls")");
        check_refused(ec_public, R"(,"use":"")");
    }

    TEST_CASE("parse_jwk: empty key_ops in the public half of a curve's key -> only agrees on keys")
    {
        for (auto const* more : {R"(,"ext":true,"key_ops":[])", R"(,"use":"enc","key_ops":[])"}) {
            auto const key = parsed(ec_public, more);
            REQUIRE(key.has_value());
            CHECK(key->may(key_op::derive_bits));
            CHECK(!key->may(key_op::verify));
            CHECK(!key->may(key_op::encrypt));
        }
        std::string with_private(samples::es256_jwk);
        with_private.insert(1, R"("key_ops":[],)");
        CHECK(parse_jwk_text(with_private).error() == errc::key_invalid);
    }

    TEST_CASE("parse_jwk: RSA keys with e = 1, leading zeros, a ROCA modulus or more primes are "
              "key_invalid")
    {
        auto const pub =
            crypto::public_parts_of(*parse_jwk_text(samples::rs256_jwk).value().material);
        auto rsa = [](bytes const& n, std::string_view e) {
            return R"("kty":"RSA","n":")" + base64url_encode(n) + R"(","e":")" + std::string(e)
                + "\"";
        };
        CHECK(parsed(rsa(pub.n, "AQAB")).has_value());
        check_refused(rsa(pub.n, "AQ"));
        check_refused(rsa(pub.n, "AAEAAQ"));
        check_refused(rsa(pub.n, "AQAB"), R"(,"oth":[])");
        check_refused(rsa(pub.n, "AQAB"), R"(,"p":"Aw")");

        bytes roca{1, 0, 1};  // a power of 65537 is in every subgroup that 65537 generates
        while (roca.size() < 256) {
            bytes product(roca.size() + 2, 0);
            for (std::size_t shift : {0U, 2U}) {
                unsigned carry = 0;
                for (std::size_t i = 0; i < roca.size() || carry != 0; ++i) {
                    auto const at = product.size() - 1 - i - shift;
                    carry += product[at] + (i < roca.size() ? roca[roca.size() - 1 - i] : 0U);
                    product[at] = static_cast<std::uint8_t>(carry & 0xffU);
                    carry >>= 8U;
                }
            }
            roca = product;
        }
        auto const refused = parsed(rsa(roca, "AQAB"));
        REQUIRE(!refused.has_value());
        CHECK(refused.error().detail.find("ROCA") != std::string::npos);
    }

    TEST_CASE("parse_jwk: a secret that is the text of a key is key_invalid")
    {
        auto secret = [](std::string_view text) {
            return R"("kty":"oct","k":")" + base64url_encode(as_bytes(text)) + "\"";
        };
        CHECK(parsed(secret("a quite ordinary secret of some length")).has_value());
        check_refused(secret("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
        check_refused(secret(samples::es256_jwk));
    }
}
