#include "core/base/base64.hpp"
#include "core/base/base64url.hpp"
#include "core/inspect/describe_key.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace core;

namespace {

bool has(key_report const& report, std::string_view code, std::string_view subject = {})
{
    return std::ranges::any_of(report.findings, [&](finding const& one) {
        return one.code == code && (subject.empty() || one.subject == subject);
    });
}

key_report described(std::string const& text)
{
    auto report = describe_key_text(text);
    REQUIRE(report.has_value());
    return std::move(*report);
}

/// Public parts, as a JWK's members.
struct rsa_members {
    crypto::key_ptr material = crypto::generate(key_family::rsa, 2048).value();
    bytes n = crypto::public_parts_of(*material).n;

    std::string jwk(std::string const& more, bool with_zero = false) const
    {
        auto octets = n;
        if (with_zero)
            octets.insert(octets.begin(), 0);
        return R"({"kty":"RSA","e":"AQAB","n":")" + base64url_encode(octets) + "\"" + more + "}";
    }
};

}  // namespace

TEST_SUITE("core/inspect/describe_key")
{
    TEST_CASE("describe: a modulus with a leading zero octet is named and read")
    {
        rsa_members const rsa;
        auto const report = described(rsa.jwk("", true));
        CHECK(has(report, "leading_zero", "n"));
        REQUIRE(report.key.has_value());
        CHECK(report.is_usable);
        CHECK(report.key->material->bits() == 2048);
        CHECK(thumbprint(*report.key->material) == thumbprint(*rsa.material));
        CHECK(!has(described(rsa.jwk("")), "leading_zero"));
    }

    TEST_CASE("describe: what serializers leave empty is named, and the rest is described")
    {
        rsa_members const rsa;
        auto const report = described(
            rsa.jwk(R"(,"key_ops":[],"oth":[],"x5c":[],"d":null,"p":"","kid":7,"use":"signature")")
        );
        for (auto const& [code, subject] :
             {std::pair{"key_ops_empty", "key_ops"}, std::pair{"member_empty", "oth"},
              std::pair{"x5c_empty", "x5c"}, std::pair{"member_empty", "d"},
              std::pair{"member_empty", "p"}, std::pair{"member_type", "kid"},
              std::pair{"use_unknown", "use"}}) {
            CAPTURE(code);
            CHECK(has(report, code, subject));
        }
        REQUIRE(report.key.has_value());
        CHECK(report.is_usable);
        CHECK(!report.is_private);
    }

    TEST_CASE("describe: unknown members are named, and not all of many")
    {
        rsa_members const rsa;
        auto const one = described(rsa.jwk(R"(,"owner":"secret value","ext":true)"));
        CHECK(has(one, "member_unknown", "owner"));
        CHECK(!has(one, "member_unknown", "ext"));
        for (auto const& said : one.findings)
            CHECK((said.subject + said.advice).find("secret value") == std::string::npos);
        std::string many;
        for (int i = 0; i < 1000; ++i)
            many += ",\"m" + std::to_string(i) + "\":1";
        auto const report = described(rsa.jwk(many));
        CHECK(has(report, "members_unknown"));
        CHECK(report.findings.size() < 20);
    }

    TEST_CASE("describe: key_ops with unknown or repeated values keep those that mean something")
    {
        rsa_members const rsa;
        auto const report = described(rsa.jwk(R"(,"key_ops":["verify","verify","fly",7])"));
        CHECK(has(report, "key_ops_invalid", "key_ops"));
        REQUIRE(report.key.has_value());
        CHECK(report.key->ops == static_cast<std::uint8_t>(key_op::verify));
    }

    TEST_CASE("describe: a certificate that is none, or of another key")
    {
        rsa_members const rsa;
        CHECK(has(described(rsa.jwk(R"(,"x5c":["AAAA"])")), "x5c_invalid"));
        CHECK(has(described(rsa.jwk(R"(,"x5c":"AAAA")")), "x5c_invalid"));
        CHECK(has(described(rsa.jwk(R"(,"x5c":[7])")), "x5c_invalid"));
        auto const other = crypto::generate(key_family::p256, 0).value();
        auto const pem = to_public_pem(*other);
        std::string spki;
        for (auto const c : pem.substr(27, pem.find("\n-----END") - 27))
            spki += c == '\n' ? std::string{} : std::string(1, c);
        CHECK(has(described(rsa.jwk(R"(,"x5c":[")" + spki + "\"]")), "x5c_mismatch"));
    }

    TEST_CASE("describe: short coordinates are completed, padding and plain base64 are read")
    {
        jwk key;
        for (;;) {  // one key in 128 has a short coordinate
            key.material = crypto::generate(key_family::p256, 0).value();
            auto const parts = crypto::public_parts_of(*key.material);
            if (parts.x.front() == 0 || parts.y.front() == 0)
                break;
        }
        auto parts = crypto::public_parts_of(*key.material);
        for (auto* one : {&parts.x, &parts.y})
            one->erase(one->begin(), std::ranges::find_if(*one, [](auto octet) {
                           return octet != 0;
                       }));
        auto const report = described(
            R"({"kty":"EC","crv":"P-256","x":")" + base64_encode(parts.x) + R"(","y":")"
            + base64_encode(parts.y) + "\"}"
        );
        CHECK(has(report, "coordinate_length"));
        CHECK(has(report, "base64_padding"));
        REQUIRE(report.key.has_value());
        CHECK(thumbprint(*report.key->material) == thumbprint(*key.material));
    }

    TEST_CASE("describe: what no mending helps is described as far as it states something")
    {
        auto const off = described(
            R"({"kty":"EC","crv":"P-256","kid":"k","alg":"ES256","use":"sig","x":"AQ","y":"AQ"})"
        );
        CHECK(has(off, "key_unusable"));
        CHECK(!off.key);
        CHECK(!off.is_usable);
        CHECK(off.kty + " " + off.crv + " " + off.kid + " " + off.alg == "EC P-256 k ES256");
        CHECK(has(described(R"({"kty":"XYZ","n":"AQAB"})"), "kty_unknown"));
        CHECK(has(described(R"({"kty":"EC","crv":"P-257","x":"AQ"})"), "crv_unknown"));
        CHECK(has(described(R"({"n":"AQAB","e":"AQAB"})"), "kty_missing"));
        CHECK(has(described(R"({"kty":"RSA","n":"***","e":7})"), "member_encoding", "n"));
        CHECK(has(described(R"({"kty":"RSA","n":"***","e":7})"), "member_type", "e"));
    }

    TEST_CASE("describe: a key whose members contradict each other is described without a default")
    {
        rsa_members const rsa;
        auto const report = described(rsa.jwk(R"(,"use":"enc","alg":"RS256")"));
        CHECK(has(report, "key_unusable"));
        CHECK(!report.is_usable);
        REQUIRE(report.key.has_value());
        CHECK(report.key->material->bits() == 2048);
    }

    TEST_CASE("describe: PEM as chats and environments carry it")
    {
        auto const material = crypto::generate(key_family::p256, 0).value();
        auto const pem = to_public_pem(*material);
        std::string escaped;
        for (auto const c : pem)
            escaped += c == '\n' ? "\\n" : std::string(1, c);
        auto const report = described("\"" + escaped + "\"");
        CHECK(has(report, "escaped_line_breaks"));
        CHECK(has(report, "quoted"));
        REQUIRE(report.key.has_value());
        CHECK(thumbprint(*report.key->material) == thumbprint(*material));
        CHECK(has(described(pem + pem), "several_keys"));
        CHECK(described(pem).findings.size() == 3);  // alg, kid and use are not stated
    }

    TEST_CASE("describe: what is not a key at all is key_invalid")
    {
        for (auto const* text :
             {"", "hello", "{}", "[]", "{\"keys\":[]}", "{\"a\":1}",
              "{\"kty\":", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"}) {
            CAPTURE(text);
            auto const report = describe_key_text(text);
            REQUIRE(!report.has_value());
            CHECK(report.error() == errc::key_invalid);
        }
    }
}
