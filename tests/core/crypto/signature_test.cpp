#include "core/base/base64url.hpp"
#include "core/crypto/signature.hpp"
#include "core/keys/key_formats.hpp"
#include "tests/core/crypto/samples.hpp"
#include "tests/core/keys/key_file_samples.hpp"

#include <doctest/doctest.h>

using namespace core;
using namespace core::crypto;
using samples::families;
using samples::key_of;

namespace {

byte_view const message = as_bytes("eyJhbGciOiJub25zZW5zZSJ9.e30");

signature_algorithm const& row_of(std::string_view name)
{
    return *find_signature_algorithm(name);
}

void flip(bytes& octets, std::size_t at)
{
    octets[at] = static_cast<std::uint8_t>(octets[at] ^ 0x01);
}

}  // namespace

TEST_SUITE("core/crypto/signature")
{
    TEST_CASE("make_signer, make_verifier: what a row signs with its kind of key, it verifies")
    {
        for (auto const& row : signature_algorithms) {
            for (auto const family : families) {
                CAPTURE(row.name);
                CAPTURE(kty_of(family));
                CAPTURE(crv_of(family));
                auto const signing = make_signer(key_of(family), row);
                auto const verifying = make_verifier(key_of(family), row);
                CHECK(signing.has_value() == row.families.contains(family));
                CHECK(verifying.has_value() == row.families.contains(family));
                if (!signing) {
                    CHECK(signing.error() == errc::key_invalid);
                    continue;
                }
                auto const signature = (*signing)->sign(message);
                REQUIRE(signature.has_value());
                CHECK((*verifying)->verify(message, *signature));
            }
        }
    }

    TEST_CASE("verifier: a refused signature leaves it right for the next one")
    {
        for (auto const& row : signature_algorithms) {
            for (auto const family : families) {
                if (!row.families.contains(family))
                    continue;
                CAPTURE(row.name);
                auto const verifying = make_verifier(key_of(family), row).value();
                auto const good = make_signer(key_of(family), row).value()->sign(message).value();
                auto refused = [&](bytes const& bad) {
                    bool const once = verifying->verify(message, bad);
                    return !once && verifying->verify(message, good);
                };
                for (auto const at : {std::size_t{0}, good.size() / 2, good.size() - 1}) {
                    auto bad = good;
                    flip(bad, at);
                    CHECK(refused(bad));
                }
                auto longer = good;
                longer.push_back(0);
                CHECK(refused(longer));
                CHECK(refused(bytes(good.begin(), good.end() - 1)));
                CHECK(refused({}));
                CHECK(refused(bytes(good.size(), 0x00)));
                CHECK(refused(bytes(good.size(), 0xff)));
                CHECK(!verifying->verify(as_bytes("another message"), good));
                CHECK(!verifying->verify({}, good));
                CHECK(verifying->verify(message, good));
            }
        }
    }

    TEST_CASE("make_verifier: ECDSA signatures have one length, R || S of RFC 7518 section 3.4")
    {
        for (auto const& [name, family, size] : {
                 std::tuple{"ES256", key_family::p256, 64},
                 std::tuple{"ES384", key_family::p384, 96},
                 std::tuple{"ES512", key_family::p521, 132},
                 std::tuple{"ES256K", key_family::secp256k1, 64},
             }) {
            auto const signature =
                make_signer(key_of(family), row_of(name)).value()->sign(message).value();
            CHECK(signature.size() == static_cast<std::size_t>(size));
        }
    }

    TEST_CASE("make_signer: HS256 gives the signature of RFC 7515 A.1")
    {
        auto const k =
            base64url_decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3"
                             "Yj0iPS4hcgUuTwjAzZr1Z9CAow");
        auto const key = import_secret(secret_bytes(byte_view(*k))).value();
        auto const signature =
            make_signer(key, row_of("HS256"))
                .value()
                ->sign(as_bytes("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJl"
                                "eHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
                                "cnVlfQ"))
                .value();
        CHECK(base64url_encode(signature) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    }

    TEST_CASE("make_signer: EdDSA gives the signature of RFC 8037 A.4")
    {
        auto const d = base64url_decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        auto const key = import_okp(key_family::ed25519, {}, secret_bytes(byte_view(*d))).value();
        auto const signature =
            make_signer(key, row_of("EdDSA"))
                .value()
                ->sign(as_bytes("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"))
                .value();
        CHECK(
            base64url_encode(signature)
            == "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_"
               "MuM0KAg"
        );
    }

    TEST_CASE(
        "make_verifier: openssl's RSA signatures verify, PSS only with a salt of the hash's size"
    )
    {
        // openssl dgst -sha256 -sign, of "eyJhbGciOiJQUzI1NiJ9.e30"
        constexpr std::string_view pkcs1 =
            "kh163essy-VquIkLba46s-ueiRefuhvckXM68c6tRzCxWCDTUzFtKjn9xx_b-LZOXKT8khFtbqMvGDxz"
            "aWvEfFLehoKBuHSr9WX8X9mOgIj7f_sQ2H0LBeYq1fCsK50BdyJv0TXQjePVTs0KGWbpVivWsjNsUFSK"
            "k_yR3RdTmBzzSJkTtgQ4bYPjGDJuaOxf-cG2CVDSH3D-DLTomvcunz7vdwy5mlYYXpBPL3VrvIUoE69x"
            "2A83WdDQV8bbnkn8DIfTGmpe3XHfwiMmvybq9Nn5lIP0YfNlYC9L01iNtRpzNgQAtgz5zzROAs-qiv9J"
            "gDYiy-DPEMmBblVMRCeUcw";
        constexpr std::string_view pss_salt_32 =
            "fbhsewEzjcdnJWoaHMSMCs9-J7N2urfylLlOA14vbZUOJWvNntsN7ZH-esztQUGA2OK0jj3LQJ5mWaNf"
            "PuniNhMx7NIrJ-9pWdtxoS6qVslSEzO_Z8O-dmSd3kse1vS7hJN_CnP26WudAwEdZBLiYLg0tlaMJxD-"
            "Ik2n5UR-z4p5hwPbccZMjuKSpnskLamFdzZxNsL0Twtawl61x9L1Q0p7kPSVoZ5V2NxTHwfEeYUWsyas"
            "BovtLdX2koIpc8tQHbOZQltnl7TthOoWFTjA16d0XFqBrQSXR5NW4LAWnbfZPnBdlFWMUrK-UOT4ANI3"
            "C0VA2QVIYbeNLvl5FUjRPg";
        constexpr std::string_view pss_salt_20 =
            "JKpGYgMscQKN7ZxItgGAhmqczHerUyCYekfMESOOZicDBgKngK7xv748qT4NRoOvqGoHPFO99UH0G52R"
            "d1-c4QyNkBLpEcadOESKfv_cC6KxOeNcl8pigLRPPr0Hiy844exFnZV_IUU8LCnkGB3lvFD8j88vbwkv"
            "WgF85q5uPhKya97q3IfXR6-5FUEUBfwswXulcvPpA8DO1xLAdCxKJ03ZrsOUHJ1GtpkZWpJkb_eKyjBj"
            "SZ599I724gjHF0VJudyBzJCqzdVPQDLsXLf7jjnAJfdus_mhms8NbX3SSdyZ7XwMbbNhwrWlSNmqksgz"
            "UvlTrHMsWlOXoUuhLQbsyQ";
        constexpr std::string_view pss_salt_max =
            "C5P4VjW2hJPusKC1LLUpVDzY97h5KUJA8qaQwxdSdrQmocVDb6_03CcJtzhL1yEsHh5LZ0zrBy5M6uWe"
            "qeoI1oHHSyfNv4a5BzTTRw9LZ1vnJNha8sAfX6wuz-gjHH5KHYfvD4XOIvDCMCXOEtMEU28bRM8X7z8U"
            "lW2vYR18RL1FPBzu7geGs9V5DTYDLZ8CS-FIrh3_l1aIzjLlrUNXrz3NvNH1Tpd-ecFDKKwz8ez0_6LQ"
            "5JQYKCmYO-c87iUZm9CaQU4nEXpQiAGYNVyAteRxtkmbPijKwq_qZSYMoxHliJnqB-vm7XgFoGC2Kjvy"
            "luq6VMb4h-DEbA504feuOg";
        auto const key = read_key(as_bytes(samples::rsa_spki)).value().material;
        auto const verifies = [&](std::string_view alg, std::string_view signature) {
            auto const verifying = make_verifier(key, row_of(alg)).value();
            return verifying->verify(
                as_bytes("eyJhbGciOiJQUzI1NiJ9.e30"), base64url_decode(signature).value()
            );
        };
        CHECK(verifies("RS256", pkcs1));
        CHECK(!verifies("PS256", pkcs1));
        CHECK(!verifies("RS512", pkcs1));
        CHECK(verifies("PS256", pss_salt_32));
        CHECK(!verifies("RS256", pss_salt_32));
        CHECK(!verifies("PS384", pss_salt_32));
        CHECK(!verifies("PS256", pss_salt_20));
        CHECK(!verifies("PS256", pss_salt_max));
    }

    TEST_CASE("make_verifier: a secret shorter than the hash is key_invalid unless weak is allowed")
    {
        for (auto const& [name, bits] :
             {std::pair{"HS256", 256U}, std::pair{"HS384", 384U}, std::pair{"HS512", 512U}}) {
            auto const& row = row_of(name);
            auto const enough = generate(key_family::secret, bits).value();
            auto const less = generate(key_family::secret, bits - 8).value();
            CHECK(make_verifier(enough, row).has_value());
            CHECK(make_verifier(less, row).error() == errc::key_invalid);
            CHECK(make_signer(less, row).error() == errc::key_invalid);
            CHECK(make_verifier(less, row, true).has_value());
            auto const signature = make_signer(less, row, true).value()->sign(message).value();
            CHECK(make_verifier(less, row, true).value()->verify(message, signature));
        }
    }

    TEST_CASE("make_signer: a public key is key_invalid, and verifies what its private key signed")
    {
        for (auto const& [name, family] :
             {std::pair{"ES256", key_family::p256}, std::pair{"Ed25519", key_family::ed25519}}) {
            auto const parts = public_parts_of(*key_of(family));
            auto const key = family == key_family::p256
                ? import_ec(family, parts.x, parts.y, {}).value()
                : import_okp(family, parts.x, {}).value();
            CHECK(make_signer(key, row_of(name)).error() == errc::key_invalid);
            auto const signature =
                make_signer(key_of(family), row_of(name)).value()->sign(message).value();
            CHECK(make_verifier(key, row_of(name)).value()->verify(message, signature));
        }
    }
}
