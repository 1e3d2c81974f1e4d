#include "core/base/base64url.hpp"
#include "core/keys/jwk_write.hpp"
#include "tests/core/jwe/jwe_samples.hpp"

using namespace core;
using namespace samples;

TEST_SUITE("core/jwe/parameters")
{
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
        CHECK(code(R"({"crv":"P-256"})") == errc::header_invalid);
        for (auto const* more :
             {R"(,"d":7})", R"(,"d":"AAAA"})", R"(,"k":"AAAA"})", R"(,"p":[],"oth":{}})",
              R"(,"x5c":["none"]})", R"(,"ext":true,"key_ops":[]})", R"(,"key_ops":["sign",7]})",
              R"(,"alg":"XX"})", R"(,"use":""})", R"(,"use":"sig"})", R"(,"kid":1})",
              R"(,"kid":null})"})
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
             {"0", "-1", "999", "1200001", "2147483648", "1e4", "4096.5", "\"4096\"", "null",
              "18446744073709551616"})
            CHECK(code(std::string(salt) + R"("p2c":)" + count) == errc::header_invalid);
        CHECK(code(R"("p2s":"MTIzNDU2Nzg")") == errc::header_invalid);
        CHECK(code(R"("p2c":4096)") == errc::header_invalid);
        CHECK(code(R"("p2c":4096,"p2s":"MTIzNDU2Nw")") == errc::header_invalid);
        CHECK(code(R"("p2c":4096,"p2s":5)") == errc::header_invalid);
        CHECK(code(std::string(salt) + R"("p2c":1000)") == errc::decryption_failed);
    }

    TEST_CASE("decrypt: p2c may be as large as the policy says, and the refusal names it")
    {
        auto const key = secret_of(256);
        auto const token = seal(key, "PBES2-HS256+A128KW", "A128GCM", "text");
        auto policy = permissive();
        policy.p2c_max = 1500;
        auto const opened = [&](std::string_view rest) {
            auto const header =
                R"({"alg":"PBES2-HS256+A128KW","enc":"A128GCM")" + std::string(rest) + "}";
            return open(key, with_header(token, header), policy).error();
        };
        constexpr std::string_view salt = R"(,"p2s":"MTIzNDU2Nzg")";
        CHECK(opened(std::string(salt) + R"(,"p2c":1500)") == errc::decryption_failed);
        auto const refused = opened(std::string(salt) + R"(,"p2c":1501)");
        CHECK(refused == errc::header_invalid);
        CHECK(refused.part == token_part::header);
        CHECK(refused.reason == fault::invalid);
        CHECK(refused.detail.find("p2c") != std::string::npos);
        CHECK(refused.detail.find("limits.pbes2_iterations") != std::string::npos);
        CHECK(opened(salt).detail.find(" p2c") != std::string::npos);
        CHECK(opened(R"(,"p2c":1500)").detail.find(" p2s") != std::string::npos);
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
}
