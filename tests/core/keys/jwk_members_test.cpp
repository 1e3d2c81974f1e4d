#include "core/base/base64.hpp"
#include "core/base/base64url.hpp"
#include "core/keys/jwk_members.hpp"
#include "core/keys/jwk_set.hpp"
#include "core/keys/jwk_write.hpp"
#include "tests/core/crypto/samples.hpp"
#include "tests/core/keys/jwk_samples.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

result<jwk> read(std::string const& text, jwk_spelling spelling = jwk_spelling::as_published)
{
    auto const document = parse_published_json(text);
    REQUIRE(document.has_value());
    return parse_jwk(document->root(), key_role::published, spelling);
}

std::string ec_with(std::string_view more)
{
    return "{" + std::string(samples::ec_public) + std::string(more) + "}";
}

/// What a text means as published; exactly it is refused.
jwk forgiven(std::string const& text)
{
    CAPTURE(text);
    CHECK(!read(text, jwk_spelling::exact));
    auto key = read(text);
    REQUIRE(key.has_value());
    return std::move(*key);
}

void check_refused(std::string const& text)
{
    CAPTURE(text);
    auto const key = read(text);
    REQUIRE(!key.has_value());
    CHECK(key.error() == errc::key_invalid);
    CHECK(!key.error().detail.empty());
}

std::string rsa_with(std::string_view n, std::string_view e)
{
    return R"({"kty":"RSA","n":")" + std::string(n) + R"(","e":")" + std::string(e) + R"("})";
}

std::string ec_of(std::string_view x, std::string_view y)
{
    return R"({"kty":"EC","crv":"P-256","x":")" + std::string(x) + R"(","y":")" + std::string(y)
        + R"("})";
}

bytes with_zeros_before(bytes octets, std::size_t count)
{
    octets.insert(octets.begin(), count, 0);
    return octets;
}

}  // namespace

TEST_SUITE("core/keys/jwk_members")
{
    TEST_CASE("as published: members that are null, \"\", [] or {} are absent")
    {
        for (auto const* more :
             {R"(,"key_ops":null)", R"(,"use":"")", R"(,"use":null)", R"(,"alg":null,"kid":null)",
              R"(,"key_ops":{})"}) {
            auto const key = forgiven(ec_with(more));
            CHECK(key.kid.empty());
            CHECK(key.alg.empty());
            CHECK(key.use == key_use::any);
            CHECK(key.ops == 0);
        }
        CHECK(read(ec_with(R"(,"alg":"","kid":"")"))->kid.empty());
        // exactly, such a key only agrees on keys
        CHECK(read(ec_with(R"(,"key_ops":[])"))->ops == 0);
        CHECK(read(ec_with(R"(,"key_ops":[])"), jwk_spelling::exact)->ops != 0);
        // .NET's serializer writes these three, and null private members, for every key
        auto const n =
            base64url_encode(crypto::public_parts_of(*samples::key_of(key_family::rsa)).n);
        auto const text = R"({"kty":"RSA","e":"AQAB","n":")" + n
            + R"(","key_ops":[],"oth":[],"x5c":[],"d":null,"k":null,"x":null})";
        CHECK(read(text)->material->bits() == 2048);
    }

    TEST_CASE("as published: a required member that is null is missing")
    {
        check_refused(R"({"kty":null})");
        check_refused(R"({"kty":"EC","crv":null})");
        check_refused(R"({"kty":"EC","crv":"P-256","x":null,"y":null})");
        check_refused(R"({"kty":"RSA","n":"","e":"AQAB"})");
        check_refused(R"({"kty":"AKP","alg":null,"pub":"AAAA"})");
    }

    TEST_CASE("as published: x5c, x5t and members of no meaning here are not looked at")
    {
        for (auto const* more :
             {R"(,"x5c":"text")", R"(,"x5c":[7])", R"(,"x5c":{"a":1})", R"(,"x5c":["MIIB\n"])",
              R"(,"x5t":7,"x5t#S256":[],"x5u":{},"nbf":"x","keys":[])"})
            CHECK(read(ec_with(more)).has_value());
    }

    TEST_CASE("as published: an RSA modulus and exponent may have leading zero octets")
    {
        auto const& material = *samples::key_of(key_family::rsa);
        auto const parts = crypto::public_parts_of(material);
        for (std::size_t const zeros : {1U, 2U, 7U}) {
            auto const n = base64url_encode(with_zeros_before(parts.n, zeros));
            auto const key = forgiven(rsa_with(n, "AAEAAQ"));
            CHECK(thumbprint(*key.material) == thumbprint(material));
            CHECK(key.material->bits() == 2048);
        }
    }

    TEST_CASE("as published: leading zero octets add no bits")
    {
        auto octets = with_zeros_before(bytes(64, 0xc5), 192);  // 512 bits in 256 octets
        check_refused(rsa_with(base64url_encode(octets), "AQAB"));
        check_refused(rsa_with("AAAA", "AQAB"));
    }

    TEST_CASE("as published: EC coordinates may be short or have leading zero octets")
    {
        // 379 times the generator: the first coordinate has 31 octets
        std::string const y = "u0yFo9jqKe-q-iRAaRLdhNWxTcMr9lbvbGvVil2UP5I";
        auto const whole = read(ec_of("AFVDiUrz0A7X10Cr29dclrBod7eH219w7qeLkKjXwAo", y));
        auto const short_one = forgiven(ec_of("VUOJSvPQDtfXQKvb11yWsGh3t4fbX3Dup4uQqNfACg", y));
        CHECK(thumbprint(*short_one.material) == thumbprint(*whole->material));

        auto const& material = *samples::key_of(key_family::p256);
        auto const parts = crypto::public_parts_of(material);
        auto const longer = ec_of(
            base64url_encode(with_zeros_before(parts.x, 1)),
            base64url_encode(with_zeros_before(parts.y, 3))
        );
        CHECK(thumbprint(*forgiven(longer).material) == thumbprint(material));
    }

    TEST_CASE("as published: a coordinate that is short of other octets is on no curve")
    {
        auto const parts = crypto::public_parts_of(*samples::key_of(key_family::p256));
        auto const short_of_last = bytes(parts.x.begin(), parts.x.end() - 1);
        auto const y = base64url_encode(parts.y);
        check_refused(ec_of(base64url_encode(short_of_last), y));
        check_refused(ec_of(base64url_encode(bytes(40, 0x11)), y));
        check_refused(ec_of("AA", "AA"));
        check_refused(ec_of("", y));
    }

    TEST_CASE("as published: the octets of OKP and AKP keys are no numbers: their length is exact")
    {
        auto const x = crypto::public_parts_of(*samples::key_of(key_family::ed25519)).x;
        auto const okp = [](bytes const& octets) {
            return R"({"kty":"OKP","crv":"Ed25519","x":")" + base64url_encode(octets) + R"("})";
        };
        CHECK(read(okp(x)).has_value());
        check_refused(okp(with_zeros_before(x, 1)));
        check_refused(okp(bytes(x.begin(), x.end() - 1)));
    }

    TEST_CASE("as published: octets may be base64 of either alphabet, padded, in lines")
    {
        auto const& material = *samples::key_of(key_family::rsa);
        auto const n = crypto::public_parts_of(material).n;
        auto const url = base64url_encode(n), standard = base64_encode(n);
        auto lines = standard;
        lines.insert(76, "\\r\\n");
        for (auto const& text : {standard, url + "==", lines, lines + "\\n"})
            CHECK(thumbprint(*forgiven(rsa_with(text, "AQAB")).material) == thumbprint(material));
        check_refused(rsa_with(url + "=", "AQAB"));
        check_refused(rsa_with(url + ",,", "AQAB"));
        check_refused(rsa_with(" " + url, "AQAB"));
        check_refused(rsa_with(url, "65537"));
        check_refused(R"({"kty":"RSA","n":")" + url + R"(","e":65537})");
    }

    TEST_CASE("as published: kty is compared without case, and nothing else is")
    {
        auto const ec =
            std::string(samples::ec_public).substr(std::string(R"("kty":"EC",)").size());
        CHECK(forgiven(R"({"kty":"ec",)" + ec + "}").material->family() == key_family::p256);
        check_refused(R"({"kty":"EC","crv":"p-256",)" + ec.substr(14) + "}");
        check_refused(ec_with(R"(,"use":"SIG")"));
        check_refused(ec_with(R"(,"alg":"es256")"));
        check_refused(ec_with(R"(,"key_ops":["Verify"])"));
        check_refused(R"({"kty":"EC ",)" + ec + "}");
    }

    TEST_CASE("as published: a kid that is an integer is its digits")
    {
        CHECK(forgiven(ec_with(R"(,"kid":20260101)")).kid == "20260101");
        for (auto const* kid : {"1.0", "1e3", "true", "[1]", R"({"a":1})"})
            check_refused(ec_with(R"(,"kid":)" + std::string(kid)));
    }

    TEST_CASE("as published: a member may be repeated with the same value, and not with another")
    {
        auto const key = read(ec_with(R"(,"kid":"a","kid":"a","alg":"ES256","alg":"ES256")"));
        REQUIRE(key.has_value());
        CHECK(key->kid == "a");
        check_refused(ec_with(R"(,"kid":"a","kid":"b")"));
        check_refused(ec_with(R"(,"alg":"ES256","alg":"ES384")"));
        check_refused(ec_with(R"(,"use":"enc","x-own":1,"use":"sig")"));
        check_refused(ec_with(R"(,"kid":"a","\u006bid":"b")"));
    }

    TEST_CASE("as published: key_ops may repeat values, and still bind")
    {
        auto const verifies = static_cast<std::uint8_t>(key_op::verify);
        CHECK(forgiven(ec_with(R"(,"key_ops":["verify","verify"])")).ops == verifies);
        check_refused(ec_with(R"(,"key_ops":["own"])"));
        check_refused(ec_with(R"(,"key_ops":"verify")"));
        check_refused(ec_with(R"(,"key_ops":["verify",7])"));
    }

    TEST_CASE("as published: an alg or use that is not known, or does not fit, is refused")
    {
        for (auto const* more :
             {R"(,"use":"x509-svid")", R"(,"use":["sig"])", R"(,"use":7)", R"(,"alg":"ES999")",
              R"(,"alg":"RS256")", R"(,"alg":"none")", R"(,"alg":["ES256"])",
              R"(,"alg":"ES256","use":"enc")", R"(,"use":"sig","key_ops":["deriveKey"])"})
            check_refused(ec_with(more));
    }

    TEST_CASE("as published: a secret's text is read exactly")
    {
        auto const secret = [](std::string_view k) {
            auto const document =
                json::document::parse(R"({"kty":"oct","k":")" + std::string(k) + R"("})");
            return parse_jwk(document->root(), key_role::counterpart, jwk_spelling::as_published)
                .has_value();
        };
        CHECK(secret("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8"));
        CHECK(!secret("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr8="));
        CHECK(!secret(""));
    }

    TEST_CASE("is_published_secret, published_kid: whatever else is wrong with the entry")
    {
        auto const document = parse_published_json(
            R"([{"kty":"OCT"},{"kty":"RSA","kty":"oct"},{"kty":"RSA","kid":7},7,{"kid":[]},"oct"])"
        );
        std::vector<bool> secrets;
        std::vector<std::string_view> kids;
        for (auto const entry : document->root()) {
            secrets.push_back(is_published_secret(entry));
            kids.push_back(published_kid(entry));
        }
        CHECK(secrets == std::vector<bool>{true, true, false, false, false, false});
        CHECK(kids == std::vector<std::string_view>{"", "", "7", "", "", ""});
    }
}
