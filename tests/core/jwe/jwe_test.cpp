#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"
#include "tests/core/jwe/jwe_samples.hpp"

#include <array>

using namespace core;
using namespace samples;

namespace {

/// The compact token with one of its five parts changed.
std::string with_part(std::string_view token, int index, std::string_view part)
{
    std::string made;
    for (int i = 0; i < 5; ++i) {
        auto const dot = token.find('.');
        made.append(i == index ? part : token.substr(0, dot));
        if (i < 4)
            made.push_back('.');
        token.remove_prefix(dot == token.npos ? token.size() : dot + 1);
    }
    return made;
}

std::string_view part_of(std::string_view token, int index)
{
    for (int i = 0; i < index; ++i)
        token.remove_prefix(token.find('.') + 1);
    return token.substr(0, token.find('.'));
}

/// The part with its first octet changed.
std::string flipped(std::string_view part)
{
    auto octets = base64url_decode(part).value();
    octets.front() ^= 1U;
    return base64url_encode(octets);
}

std::string with_header(std::string_view token, std::string_view header)
{
    return with_part(token, 0, base64url_encode(as_bytes(header)));
}

void check_part(std::string const& token, token_part part, fault reason)
{
    auto const parsed = unopened_jwe::parse_compact(token);
    REQUIRE(!parsed.has_value());
    CHECK(parsed.error().code == errc::token_malformed);
    CHECK(parsed.error().part == part);
    CHECK(parsed.error().reason == reason);
}

errc header_code(std::string_view header)
{
    auto const key = secret_of(128);
    auto const opened = open(key, with_header(seal(key, "A128KW", "A128GCM", "x"), header));
    return code_of(opened);
}

}  // namespace

TEST_SUITE("core/jwe/jwe")
{
    TEST_CASE("make_jwe, decrypt: every alg with every enc opens again")
    {
        for (auto const& row : key_management_algorithms) {
            for (auto const& enc : content_encryption_algorithms) {
                CAPTURE(row.name);
                CAPTURE(enc.name);
                auto const key = key_for(row, enc);
                auto const opened = open(key, seal(key, row.name, enc.name, "what nobody may see"));
                REQUIRE(opened.has_value());
                CHECK(text_of(*opened) == "what nobody may see");
                CHECK(opened->algorithm == &row);
                CHECK(opened->encryption == &enc);
            }
        }
    }

    TEST_CASE("make_jwe, decrypt: ECDH-ES on every curve, with and without the names of the parties"
    )
    {
        for (auto const family :
             {key_family::p256, key_family::p384, key_family::p521, key_family::x25519,
              key_family::x448}) {
            for (auto const* alg : {"ECDH-ES", "ECDH-ES+A192KW"}) {
                auto const key = jwk_of(family, "k");
                auto request = request_for(key, alg, "A256CBC-HS512", "hello");
                request.recipients[0].apu = bytes{'A', 'l', 'i', 'c', 'e'};
                request.recipients[0].apv = bytes{'B', 'o', 'b'};
                auto const token = make_jwe(request).value();
                CHECK(text_of(open(key, token).value()) == "hello");
                auto const header = base64url_decode_text(part_of(token, 0)).value();
                CHECK(header.find(R"("apu":"QWxpY2U","apv":"Qm9i")") != header.npos);
                CHECK(header.find(R"("d":)") == header.npos);
                CHECK(text_of(open(key, seal(key, alg, "A128GCM", "")).value()).empty());
            }
        }
    }

    TEST_CASE("make_jwe: two tokens of one text have nothing in common but the header")
    {
        auto const key = secret_of(256);
        auto const one = seal(key, "A256KW", "A256GCM", "text");
        auto const two = seal(key, "A256KW", "A256GCM", "text");
        CHECK(part_of(one, 0) == part_of(two, 0));
        for (int i = 1; i < 5; ++i)
            CHECK(part_of(one, i) != part_of(two, i));
    }

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

    TEST_CASE("parse_compact: any other number of dots is token_malformed")
    {
        for (auto const* token : {"", ".", "a.b.c", "a.b.c.d", "a.b.c.d.e.f", "....."})
            check_part(token, token_part::segments, fault::invalid);
        check_part(std::string(100'000, '.'), token_part::segments, fault::invalid);
    }

    TEST_CASE("parse_compact: a part that is not base64url is token_malformed")
    {
        auto const token = seal(secret_of(128), "A128KW", "A128GCM", "text");
        check_part(with_part(token, 0, "e30="), token_part::header, fault::encoding);
        check_part(with_part(token, 0, ""), token_part::header, fault::encoding);
        check_part(with_part(token, 1, "a b"), token_part::encrypted_key, fault::encoding);
        check_part(with_part(token, 2, "a+b/"), token_part::iv, fault::encoding);
        check_part(with_part(token, 3, "x"), token_part::payload, fault::encoding);
        check_part(with_part(token, 4, "=="), token_part::tag, fault::encoding);
    }

    TEST_CASE("parse_compact: lengths that the algorithms do not have are token_malformed")
    {
        auto const size = [](std::size_t octets) { return base64url_encode(bytes(octets)); };
        auto const gcm = seal(secret_of(128), "A128KW", "A128GCM", "text");
        for (std::size_t const octets : {0U, 8U, 11U, 13U, 16U})
            check_part(with_part(gcm, 2, size(octets)), token_part::iv, fault::invalid);
        for (std::size_t const octets : {0U, 4U, 12U, 15U, 17U})
            check_part(with_part(gcm, 4, size(octets)), token_part::tag, fault::invalid);
        for (std::size_t const octets : {8U, 16U, 23U, 25U, 32U})
            check_part(with_part(gcm, 1, size(octets)), token_part::encrypted_key, fault::invalid);
        check_part(with_part(gcm, 1, ""), token_part::encrypted_key, fault::missing);

        auto const cbc = seal(secret_of(256), "dir", "A128CBC-HS256", "text");
        for (std::size_t const octets : {0U, 12U, 15U, 17U})
            check_part(with_part(cbc, 2, size(octets)), token_part::iv, fault::invalid);
        for (std::size_t const octets : {0U, 15U, 17U, 32U})
            check_part(with_part(cbc, 4, size(octets)), token_part::tag, fault::invalid);
        for (std::size_t const octets : {0U, 1U, 15U, 17U})
            check_part(with_part(cbc, 3, size(octets)), token_part::payload, fault::invalid);
        // RFC 7516 section 5.2 step 10: "verify that the JWE Encrypted Key value is an empty octet
        // sequence"
        check_part(with_part(cbc, 1, size(24)), token_part::encrypted_key, fault::invalid);
        auto const agreed = seal(jwk_of(key_family::p256), "ECDH-ES", "A128GCM", "text");
        check_part(with_part(agreed, 1, size(24)), token_part::encrypted_key, fault::invalid);
    }

    TEST_CASE("jwe_header: what is wrong with it is named by its code")
    {
        CHECK(header_code("[]") == errc::token_malformed);
        CHECK(header_code("nonsense") == errc::token_malformed);
        CHECK(header_code(R"({"enc":"A128GCM"})") == errc::header_invalid);
        CHECK(header_code(R"({"alg":"A128KW"})") == errc::header_invalid);
        CHECK(header_code(R"({"alg":7,"enc":"A128GCM"})") == errc::header_invalid);
        CHECK(
            header_code(R"({"alg":"A128KW","alg":"A128KW","enc":"A128GCM"})")
            == errc::header_invalid
        );
        CHECK(header_code(R"({"alg":"A128KW","enc":"A128GCM","kid":1})") == errc::header_invalid);
        CHECK(header_code(R"({"alg":"A128KW","enc":"A128GCM","typ":[]})") == errc::header_invalid);
        CHECK(
            header_code(R"({"alg":"A128KW","enc":"A128GCM","zip":true})") == errc::header_invalid
        );
        CHECK(
            header_code(R"({"alg":"A128KW","enc":"A128GCM","crit":["exp"],"exp":1})")
            == errc::header_invalid
        );
        CHECK(header_code(R"({"alg":"A128KW","enc":"A128GCM","crit":[]})") == errc::header_invalid);
        CHECK(header_code(R"({"alg":"nOnE","enc":"A128GCM"})") == errc::algorithm_not_allowed);
        CHECK(header_code(R"({"alg":"HS256","enc":"A128GCM"})") == errc::algorithm_unsupported);
        CHECK(header_code(R"({"alg":"A128KW","enc":"A128KW"})") == errc::algorithm_unsupported);
        CHECK(
            header_code(R"({"alg":"A128KW","enc":"A128GCM","zip":"GZ"})")
            == errc::algorithm_unsupported
        );
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

    TEST_CASE("decrypt: epk must be a good point of the key's curve; private members are not read")
    {
        auto const key = jwk_of(key_family::p256);
        auto const token = seal(key, "ECDH-ES", "A128GCM", "text");
        auto const code = [&](std::string_view epk) {
            auto const header =
                R"({"alg":"ECDH-ES","enc":"A128GCM","epk":)" + std::string(epk) + "}";
            return code_of(open(key, with_header(token, header)));
        };
        CHECK(
            code_of(open(key, with_header(token, R"({"alg":"ECDH-ES","enc":"A128GCM"})")))
            == errc::header_invalid
        );
        CHECK(code("7") == errc::header_invalid);
        CHECK(code("{}") == errc::header_invalid);
        // the point (1, 1) is not on any NIST curve
        auto const one = "\"" + std::string(42, 'A') + "E\"";
        CHECK(
            code(R"({"kty":"EC","crv":"P-256","x":)" + one + R"(,"y":)" + one + "}")
            == errc::header_invalid
        );
        std::string other;
        append_public_jwk(other, jwk_of(key_family::p384));
        CHECK(code(other) == errc::header_invalid);
        CHECK(code(R"({"kty":"oct","k":"AAAA"})") == errc::header_invalid);

        std::string sender;
        append_public_jwk(sender, jwk_of(key_family::p256));
        sender.pop_back();
        CHECK(code(sender + "}") == errc::decryption_failed);  // a point, but not the sender's
        for (auto const* more :
             {R"(,"d":7})", R"(,"d":"AAAA"})", R"(,"k":"AAAA"})", R"(,"p":[],"oth":{}})",
              R"(,"x5c":["none"]})"})
            CHECK(code(sender + more) == errc::decryption_failed);
    }

    TEST_CASE("decrypt: X25519 and X448 points of small order are header_invalid")
    {
        for (auto const& [family, crv, octets] :
             {std::tuple{key_family::x25519, "X25519", 32},
              std::tuple{key_family::x448, "X448", 56}}) {
            auto const key = jwk_of(family);
            auto const token = seal(key, "ECDH-ES+A128KW", "A128GCM", "text");
            for (std::uint8_t const first : {std::uint8_t{0}, std::uint8_t{1}}) {
                bytes x(static_cast<std::size_t>(octets));
                x.front() = first;
                auto const header =
                    R"({"alg":"ECDH-ES+A128KW","enc":"A128GCM","epk":{"kty":"OKP","crv":")"
                    + std::string(crv) + R"(","x":")" + base64url_encode(x) + R"("}})";
                CHECK(code_of(open(key, with_header(token, header))) == errc::header_invalid);
            }
        }
    }

    TEST_CASE("decrypt: p2c out of bounds or no integer, p2s too short are header_invalid")
    {
        auto const key = secret_of(256);
        auto const token = seal(key, "PBES2-HS256+A128KW", "A128GCM", "text");
        auto const code = [&](std::string_view rest) {
            auto const header =
                R"({"alg":"PBES2-HS256+A128KW","enc":"A128GCM",)" + std::string(rest) + "}";
            return code_of(open(key, with_header(token, header)));
        };
        constexpr auto salt = R"("p2s":"MTIzNDU2Nzg",)";
        for (auto const* count :
             {"0", "-1", "999", "310001", "2147483648", "1e4", "4096.5", "\"4096\"", "null",
              "18446744073709551616"})
            CHECK(code(std::string(salt) + R"("p2c":)" + count) == errc::header_invalid);
        CHECK(code(R"("p2s":"MTIzNDU2Nzg")") == errc::header_invalid);
        CHECK(code(R"("p2c":4096)") == errc::header_invalid);
        CHECK(code(R"("p2c":4096,"p2s":"MTIzNDU2Nw")") == errc::header_invalid);
        CHECK(code(R"("p2c":4096,"p2s":5)") == errc::header_invalid);
        CHECK(code(std::string(salt) + R"("p2c":1000)") == errc::decryption_failed);
    }

    TEST_CASE("decrypt: A128GCMKW without iv or tag, or with short ones, is header_invalid")
    {
        auto const key = secret_of(128);
        auto const token = seal(key, "A128GCMKW", "A128GCM", "text");
        auto const code = [&](std::string_view rest) {
            auto const header = R"({"alg":"A128GCMKW","enc":"A128GCM")" + std::string(rest) + "}";
            return code_of(open(key, with_header(token, header)));
        };
        auto const iv = R"(,"iv":")" + base64url_encode(bytes(12)) + "\"";
        auto const tag = R"(,"tag":")" + base64url_encode(bytes(16)) + "\"";
        CHECK(code("") == errc::header_invalid);
        CHECK(code(iv) == errc::header_invalid);
        CHECK(code(tag) == errc::header_invalid);
        CHECK(code(R"(,"iv":"AAAAAAAAAAA")" + tag) == errc::header_invalid);
        CHECK(code(iv + R"(,"tag":"AAAAAAAAAAA")") == errc::header_invalid);
        CHECK(code(iv + tag) == errc::decryption_failed);
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
