#include "core/base/base64.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "core/keys/pem.hpp"
#include "tests/core/crypto/samples.hpp"
#include "tests/core/keys/key_file_samples.hpp"
#include "tests/core/rfc_samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace core;
using samples::der_of;

namespace {

crypto::key_ptr material_of(std::string_view text)
{
    return read_key(as_bytes(text)).value().material;
}

void check_refused(std::string_view text, std::string_view detail_has = "")
{
    CAPTURE(text.substr(0, 80));
    auto const key = read_key(as_bytes(text));
    REQUIRE(!key.has_value());
    CHECK(key.error() == errc::key_invalid);
    CAPTURE(key.error().detail);
    CHECK(!key.error().detail.empty());
    CHECK(key.error().detail.find(detail_has) != std::string::npos);
}

/// A DER value of less than 2^16 octets.
bytes value_of(std::uint8_t tag, byte_view content)
{
    bytes der{tag};
    if (content.size() < 0x80) {
        der.push_back(static_cast<std::uint8_t>(content.size()));
    } else if (content.size() < 0x100) {
        der.insert(der.end(), {0x81, static_cast<std::uint8_t>(content.size())});
    } else {
        der.insert(
            der.end(),
            {0x82, static_cast<std::uint8_t>(content.size() >> 8),
             static_cast<std::uint8_t>(content.size())}
        );
    }
    der.insert(der.end(), content.begin(), content.end());
    return der;
}

std::string pem_of(std::string_view label, bytes const& der)
{
    return write_pem(label, der);
}

}  // namespace

TEST_SUITE("core/keys/key_formats")
{
    TEST_CASE("read_key: an RSA key is the same from PKCS#1, PKCS#8 and SPKI, PEM and DER")
    {
        auto const expected = thumbprint(*material_of(samples::rsa_spki));
        for (auto const text : {samples::rsa_pkcs1, samples::rsa_pkcs8}) {
            CHECK(material_of(text)->is_private());
            CHECK(thumbprint(*material_of(text)) == expected);
            auto const der = der_of(text);
            CHECK(thumbprint(*material_of(as_text(der))) == expected);
        }
        for (auto const text : {samples::rsa_spki, samples::rsa_pkcs1_public}) {
            CHECK(!material_of(text)->is_private());
            CHECK(thumbprint(*material_of(text)) == expected);
            auto const der = der_of(text);
            CHECK(thumbprint(*material_of(as_text(der))) == expected);
        }
    }

    TEST_CASE("read_key: an EC key is the same from SEC1 after EC PARAMETERS, PKCS#8, SPKI, a "
              "compressed point and a certificate, PEM and DER")
    {
        auto const expected = thumbprint(*material_of(samples::ec_spki));
        for (auto const text : {samples::ec_sec1, samples::ec_pkcs8}) {
            CHECK(material_of(text)->is_private());
            CHECK(thumbprint(*material_of(text)) == expected);
            auto const der = der_of(text);
            CHECK(thumbprint(*material_of(as_text(der))) == expected);
        }
        for (auto const text : {samples::ec_spki, samples::ec_spki_compressed, samples::ec_cert}) {
            CHECK(!material_of(text)->is_private());
            CHECK(thumbprint(*material_of(text)) == expected);
            auto const der = der_of(text);
            CHECK(thumbprint(*material_of(as_text(der))) == expected);
        }
    }

    TEST_CASE("read_key: Ed25519, Ed448, X25519 and X448 from PKCS#8 and SPKI")
    {
        for (auto const& [family, own, pub] : {
                 std::tuple{key_family::ed25519, samples::ed25519, samples::ed25519_spki},
                 std::tuple{key_family::ed448, samples::ed448, samples::ed448_public},
                 std::tuple{key_family::x25519, samples::x25519, samples::x25519_public},
                 std::tuple{key_family::x448, samples::x448, samples::x448_public},
             }) {
            CHECK(material_of(own)->family() == family);
            CHECK(material_of(own)->is_private());
            CHECK(!material_of(pub)->is_private());
            CHECK(thumbprint(*material_of(own)) == thumbprint(*material_of(pub)));
        }
    }

    TEST_CASE("read_key: OpenSSH private keys and public lines are the same keys")
    {
        for (auto const& [family, own, pub] : {
                 std::tuple{key_family::ed25519, samples::ssh_ed25519, samples::ssh_ed25519_pub},
                 std::tuple{key_family::p384, samples::ssh_p384, samples::ssh_p384_pub},
                 std::tuple{key_family::rsa, samples::ssh_rsa, samples::ssh_rsa_pub},
             }) {
            CHECK(material_of(own)->family() == family);
            CHECK(material_of(own)->is_private());
            CHECK(!material_of(pub)->is_private());
            CHECK(thumbprint(*material_of(own)) == thumbprint(*material_of(pub)));
            auto const with_space = "\n " + std::string(pub) + "\r\n";
            CHECK(thumbprint(*material_of(with_space)) == thumbprint(*material_of(pub)));
        }
    }

    TEST_CASE("read_key: encrypted PKCS#8 opens with its password and no other")
    {
        secret_bytes const right(std::string_view("correct"));
        secret_bytes const wrong(std::string_view("wrong"));
        secret_bytes const none;
        auto const expected = thumbprint(*material_of(samples::ec_spki));
        for (auto const text :
             {samples::ec_enc_pbkdf2, samples::ec_enc_sha1, samples::ec_enc_scrypt}) {
            auto const key = read_key(as_bytes(text), {&right});
            REQUIRE(key.has_value());
            CHECK(key->material->is_private());
            CHECK(thumbprint(*key->material) == expected);
            CHECK(read_key(as_bytes(text), {&wrong}).error() == errc::key_invalid);
            CHECK(read_key(as_bytes(text), {&none}).error() == errc::key_invalid);
            check_refused(text, "password");
        }
    }

    TEST_CASE("read_key: an unsupported encryption is key_invalid and names the remedy")
    {
        secret_bytes const right(std::string_view("correct"));
        for (auto const text :
             {samples::ec_enc_3des, samples::ec_enc_pbes1, samples::ec_enc_proctype}) {
            auto const key = read_key(as_bytes(text), {&right});
            REQUIRE(!key.has_value());
            CHECK(key.error() == errc::key_invalid);
            CHECK(key.error().detail.find("openssl pkcs8") != std::string::npos);
        }
        check_refused(samples::ec_enc_proctype, "openssl pkcs8");
        check_refused(samples::ssh_enc, "ssh-keygen -p");
    }

    TEST_CASE("read_key: a cost out of bounds is key_invalid at once")
    {
        secret_bytes const right(std::string_view("correct"));
        auto refused = [&](std::string_view pem, bytes const& from, bytes const& to) {
            auto der = der_of(pem);
            auto const at = std::search(der.begin(), der.end(), from.begin(), from.end());
            REQUIRE(at != der.end());
            std::copy(to.begin(), to.end(), at);
            auto const key = read_key(der, {&right});
            return !key && key.error().detail.find("too much work") != std::string::npos;
        };
        // p 127; N not a power of two
        CHECK(refused(samples::ec_enc_scrypt, {2, 1, 8, 2, 1, 1}, {2, 1, 8, 2, 1, 0x7f}));
        CHECK(refused(samples::ec_enc_scrypt, {2, 2, 4, 0, 2, 1, 8}, {2, 2, 4, 1, 2, 1, 8}));
        // 128 MiB in each of 16 lanes
        CHECK(refused(
            samples::ec_enc_scrypt, {2, 2, 4, 0, 2, 1, 8, 2, 1, 1},
            {2, 2, 0x40, 0, 2, 1, 0x40, 2, 1, 0x10}
        ));

        // PBKDF2: a salt of 8 octets and 1000 become one of 6 octets and 2^31 - 1
        auto der = der_of(samples::ec_enc_pbkdf2);
        bytes const thousand{2, 2, 0x03, 0xe8}, many{2, 4, 0x7f, 0xff, 0xff, 0xff};
        auto const at = std::search(der.begin(), der.end(), thousand.begin(), thousand.end());
        REQUIRE(at != der.end());
        *(at - 9) = 6;
        std::copy(many.begin(), many.end(), at - 2);
        CHECK(read_key(der, {&right}).error().detail.find("too much work") != std::string::npos);
    }

    TEST_CASE("read_key: text around a block, CRLF and a byte order mark do no harm")
    {
        auto const expected = thumbprint(*material_of(samples::ec_spki));
        auto const around = "subject=CN = test\n" + std::string(samples::ec_spki) + "\nthe end\n";
        CHECK(thumbprint(*material_of(around)) == expected);
        std::string crlf;
        for (char const c : samples::ec_spki)
            crlf += c == '\n' ? "\r\n" : std::string(1, c);
        CHECK(thumbprint(*material_of(crlf)) == expected);
        CHECK(thumbprint(*material_of("\xef\xbb\xbf" + std::string(samples::ec_spki))) == expected);
    }

    TEST_CASE("read_key: more than one key, or none, is key_invalid")
    {
        check_refused(std::string(samples::ec_spki) + std::string(samples::rsa_spki), "one key");
        check_refused("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----"
        );
        check_refused(
            std::string(samples::ssh_ed25519_pub) + "\n" + std::string(samples::ssh_p384_pub)
        );
        check_refused("");
        check_refused("hello");
        check_refused("-----BEGIN PUBLIC KEY-----");
        check_refused("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----");
        check_refused("-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----");
        check_refused("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----"
        );
        check_refused(std::string(key_text_max + 1, ' '));
    }

    TEST_CASE("read_key: curves and algorithms that nothing here uses are key_invalid")
    {
        check_refused(samples::p224);
        check_refused(samples::pss, "not supported");
    }

    TEST_CASE("read_key: DER cut short at any octet, or longer, is key_invalid")
    {
        for (auto const pem :
             {samples::ec_sec1, samples::ec_pkcs8, samples::ec_spki, samples::ed25519,
              samples::rsa_pkcs1_public}) {
            auto const whole = der_of(pem);
            for (std::size_t size = 0; size < whole.size(); ++size)
                CHECK(!read_key(byte_view(whole).first(size)).has_value());
            auto longer = whole;
            longer.push_back(0);
            CHECK(!read_key(longer).has_value());
        }
    }

    TEST_CASE("read_key: OpenSSH content cut short at any octet is key_invalid")
    {
        for (auto const text : {samples::ssh_ed25519, samples::ssh_p384}) {
            auto const whole = der_of(text);
            for (std::size_t size = 1; size < whole.size(); ++size) {
                auto const cut = bytes(whole.begin(), whole.begin() + static_cast<long>(size));
                CHECK(!read_key(as_bytes(pem_of("OPENSSH PRIVATE KEY", cut))).has_value());
            }
        }
    }

    TEST_CASE("read_key: a counterpart is the public half of every private text")
    {
        for (auto const text :
             {samples::rsa_pkcs1, samples::rsa_pkcs8, samples::ec_sec1, samples::ec_pkcs8,
              samples::ed25519, samples::x25519, samples::ssh_ed25519, samples::ssh_p384,
              samples::ssh_rsa}) {
            CAPTURE(text.substr(0, 40));
            auto const key = read_key(as_bytes(text), {.role = key_role::counterpart});
            REQUIRE(key.has_value());
            CHECK(!key->material->is_private());
            CHECK(thumbprint(*key->material) == thumbprint(*material_of(text)));
            auto const refused = read_key(as_bytes(text), {.role = key_role::published});
            REQUIRE(!refused.has_value());
            CHECK(refused.error().detail.find("private key") != std::string::npos);
        }
        // computing it for a stranger would be too expensive
        for (auto const text : {samples::ed448, samples::x448})
            CHECK(
                read_key(as_bytes(text), {.role = key_role::counterpart})
                    .error()
                    .detail.find("give the public key")
                != std::string::npos
            );
        for (auto const text : {samples::rsa_spki, samples::ec_cert, samples::ssh_rsa_pub})
            CHECK(read_key(as_bytes(text), {.role = key_role::published}).has_value());
    }

    TEST_CASE("read_key: a counterpart's private numbers are not looked at")
    {
        auto der = der_of(samples::rsa_pkcs1);
        der[der.size() - 1] ^= 0x55;  // qi
        check_refused(pem_of("RSA PRIVATE KEY", der));
        auto const text = pem_of("RSA PRIVATE KEY", der);
        CHECK(read_key(as_bytes(text), {.role = key_role::counterpart}).has_value());
    }

    TEST_CASE("read_key: PKCS#1 with zeros for its primes is key_invalid: only JWKs go without")
    {
        auto const parts = crypto::private_parts_of(*material_of(samples::rsa_pkcs1)).value();
        auto const pub = crypto::public_parts_of(*material_of(samples::rsa_pkcs1));
        auto const integer = [](byte_view number) {
            bytes content(number.front() >= 0x80 ? 1 : 0, 0);
            content.insert(content.end(), number.begin(), number.end());
            return value_of(0x02, content);
        };
        bytes content{0x02, 0x01, 0x00};
        for (auto const& one : {integer(pub.n), value_of(0x02, pub.e), integer(parts.d.view())})
            content.insert(content.end(), one.begin(), one.end());
        for (int i = 0; i < 5; ++i)
            content.insert(content.end(), {0x02, 0x01, 0x00});
        auto const text = pem_of("RSA PRIVATE KEY", value_of(0x30, content));
        check_refused(text, "missing");
        CHECK(read_key(as_bytes(text), {.role = key_role::counterpart}).has_value());
    }

    TEST_CASE("read_key: EC parameters that are written out are key_invalid")
    {
        // a prime of 60000 octets: no arithmetic with it is allowed
        auto const prime = value_of(0x02, bytes(60000, 0x7f));
        bytes field{0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x01, 0x01};
        field.insert(field.end(), prime.begin(), prime.end());
        auto parameters = bytes{0x02, 0x01, 0x01};
        auto const id = value_of(0x30, field);
        parameters.insert(parameters.end(), id.begin(), id.end());
        bytes algorithm{0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
        auto const written_out = value_of(0x30, parameters);
        algorithm.insert(algorithm.end(), written_out.begin(), written_out.end());
        auto spki = value_of(0x30, algorithm);
        bytes const point{0x03, 0x03, 0x00, 0x04, 0x01};
        spki.insert(spki.end(), point.begin(), point.end());
        auto const der = value_of(0x30, spki);
        CHECK(read_key(byte_view(der)).error() == errc::key_invalid);
    }

    TEST_CASE("read_key: an OpenSSH key whose halves do not match is key_invalid")
    {
        auto der = der_of(samples::ssh_ed25519);
        // magic, "none", "none", no options, one key, then 51 octets whose last 32 are the point
        constexpr std::size_t last_of_public = 15 + 8 + 8 + 4 + 4 + 4 + 51 - 1;
        auto const other = crypto::public_parts_of(*samples::key_of(key_family::ed25519)).x;
        std::copy(other.begin(), other.end(), der.begin() + last_of_public - 31);
        check_refused(pem_of("OPENSSH PRIVATE KEY", der), "do not match");
    }

    TEST_CASE("read_key: many blocks, and labels without an end, are key_invalid")
    {
        std::string text;
        for (int i = 0; i < 500; ++i)
            text += "-----BEGIN A-----\nAAAA\n-----END A-----\n";
        check_refused(text, "blocks");
        check_refused("-----BEGIN " + std::string(30000, 'A'), "no end");
        check_refused("-----BEGIN " + std::string(65, 'A') + "-----\nAAAA", "no end");
    }

    TEST_CASE("read_key: what touches a PEM block's marks is key_invalid, white space is not")
    {
        std::string const text(samples::ec_spki);
        check_refused("-" + text);
        check_refused("a" + text);
        check_refused(text.substr(0, text.size() - 1) + "a");
        auto tight = text;
        tight.erase(tight.find("\n-----END"), 1);
        check_refused(tight);
        tight = text;
        tight.erase(tight.find('\n'), 1);
        check_refused(tight);
        CHECK(read_key(as_bytes("\n" + text + "\n")).has_value());
        auto one_line = text;
        std::ranges::replace(one_line, '\n', ' ');
        CHECK(read_key(as_bytes(one_line)).has_value());
    }

    TEST_CASE("read_key: algorithm parameters of another form are key_invalid")
    {
        auto der = der_of(samples::rsa_spki);
        der[17] = 0x06;  // NULL made an empty OBJECT IDENTIFIER
        check_refused(pem_of("PUBLIC KEY", der));
        CHECK(der_of(samples::rsa_spki)[17] == 0x05);
    }

    TEST_CASE("read_key: a certificate of which any part is malformed is key_invalid")
    {
        auto const good = der_of(samples::ec_cert);
        CHECK(read_key(byte_view(good)).has_value());
        for (std::size_t const at : {4U, 8U, 13U, 35U}) {
            auto der = good;
            der[at] = 0x1f;
            check_refused(pem_of("CERTIFICATE", der));
        }
    }

    TEST_CASE("read_key: numbers of OpenSSH keys that are negative or padded are key_invalid")
    {
        auto const line = std::string(samples::ssh_rsa_pub);
        auto const begin = line.find(' ') + 1;
        auto const end = line.find(' ', begin);
        auto const with = [&](std::size_t at, std::uint8_t octet) {
            auto blob = base64_decode(line.substr(begin, end - begin)).value();
            blob[at] = octet;
            return line.substr(0, begin) + base64_encode(blob) + line.substr(end);
        };
        // "ssh-rsa" in 11 octets, then e of 4 + 3, then n of 4 + 257
        CHECK(read_key(as_bytes(with(15, 0x01))).has_value());
        check_refused(with(15, 0x81));
        check_refused(with(15, 0x00));
        check_refused(with(22, 0x80));
    }

    TEST_CASE("read_key: a JWK is read where it is allowed")
    {
        CHECK(read_key(as_bytes(samples::es256_jwk))->material->is_private());
        key_text_options options;
        options.allow_jwk = false;
        CHECK(read_key(as_bytes(samples::es256_jwk), options).error() == errc::key_invalid);
        CHECK(parse_jwk_text(samples::x5c_jwk).has_value());  // RFC 7517 B: x5c has the same key
    }

    TEST_CASE("parse_jwk: an x5c that holds another key, or none, is key_invalid")
    {
        std::string const ec =
            R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
            R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","x5c":)";
        auto const certificate = base64_encode(der_of(samples::ec_cert));
        for (auto const& x5c :
             {"[\"" + certificate + "\"]", std::string("[]"), std::string("\"a\""),
              std::string("[1]"), std::string("[\"AAAA\"]"), std::string("null")})
            CHECK(parse_jwk_text(ec + x5c + "}").error() == errc::key_invalid);
    }

    TEST_CASE("to_public_pem, to_private_pem: every kind of key reads back as itself")
    {
        for (auto const family : samples::families) {
            CAPTURE(kty_of(family));
            CAPTURE(crv_of(family));
            auto const key = samples::key_of(family);
            if (family == key_family::secret) {
                CHECK(to_public_pem(*key).empty());
                CHECK(to_private_pem(*key).error() == errc::key_invalid);
                continue;
            }
            auto const pub = material_of(to_public_pem(*key));
            CHECK(!pub->is_private());
            CHECK(thumbprint(*pub) == thumbprint(*key));
            CHECK(to_private_pem(*pub).error() == errc::key_invalid);
            auto const own = material_of(to_private_pem(*key).value());
            CHECK(own->is_private());
            CHECK(thumbprint(*own) == thumbprint(*key));
        }
    }

    TEST_CASE("to_public_pem: openssl's own text, octet for octet")
    {
        for (auto const text : {samples::rsa_spki, samples::ec_spki, samples::ed448_public})
            CHECK(to_public_pem(*material_of(text)) == text);
        for (auto const text : {samples::rsa_pkcs8, samples::ec_pkcs8, samples::ed25519})
            CHECK(to_private_pem(*material_of(text)).value() == text);
    }

    TEST_CASE("ML-DSA private keys: written as RFC 9881's seed; the bare seed and the seed with "
              "its expanded key are read; the expanded key alone is key_invalid")
    {
        auto const key = samples::key_of(key_family::ml_dsa_44);
        auto const own = crypto::private_parts_of(*key).value();
        auto const seed = own.seed.view();
        auto const der = der_of(to_private_pem(*key).value());
        // SEQUENCE { 0, SEQUENCE { OID }, OCTET STRING { [0] seed } }
        auto const head = samples::from_hex("3034020100300b060960864801650304031104228020");
        REQUIRE(der.size() == head.size() + seed.size());
        CHECK(std::equal(head.begin(), head.end(), der.begin()));
        CHECK(std::equal(seed.begin(), seed.end(), der.begin() + static_cast<long>(head.size())));

        auto wrapped = [](std::string_view hex, auto const&... contents) {
            auto octets = samples::from_hex(hex);
            (octets.insert(octets.end(), contents.begin(), contents.end()), ...);
            return octets;
        };
        auto const bare = wrapped("3032020100300b06096086480165030403110420", seed);
        CHECK(thumbprint(*material_of(as_text(bare))) == thumbprint(*key));

        auto const rho = crypto::public_parts_of(*key).pub;
        bytes expanded(2560, 0);  // only its first 32 octets, rho, are compared
        std::copy_n(rho.begin(), 32, expanded.begin());
        auto const both_head = "30820a3e020100300b060960864801650304031104820a2a30820a260420";
        auto const both = wrapped(both_head, seed, samples::from_hex("04820a00"), expanded);
        CHECK(thumbprint(*material_of(as_text(both))) == thumbprint(*key));
        expanded[0] = static_cast<std::uint8_t>(expanded[0] ^ 1);
        auto const other = wrapped(both_head, seed, samples::from_hex("04820a00"), expanded);
        check_refused(as_text(other), "expanded");
        auto const alone =
            wrapped("30820a18020100300b060960864801650304031104820a0404820a00", expanded);
        check_refused(as_text(alone), "seed");
    }
}
