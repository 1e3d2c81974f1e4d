#include "core/base/base64url.hpp"
#include "tests/core/jwe/jwe_samples.hpp"

using namespace core;
using namespace samples;

namespace {

void check_part(std::string const& token, token_part part, fault reason)
{
    auto const parsed = unopened_jwe::parse_compact(token);
    REQUIRE(!parsed.has_value());
    CHECK(parsed.error().code == errc::token_malformed);
    CHECK(parsed.error().part == part);
    CHECK(parsed.error().reason == reason);
}

errc json_code(std::string_view token)
{
    return code_of(open_json(token, {secret_of(128)}));
}

}  // namespace

TEST_SUITE("core/jwe/unopened_jwe")
{
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

    TEST_CASE("parse_json: shapes that are neither flattened nor general are token_malformed")
    {
        auto const token = flattened(secret_of(128));
        CHECK(json_code("{}") == errc::token_malformed);
        CHECK(json_code("[]") == errc::token_malformed);
        CHECK(json_code(with(token, R"("ciphertext")", R"("cipher")")) == errc::token_malformed);
        CHECK(
            json_code(with(token, R"({"protected")", R"({"recipients":[],"protected")"))
            == errc::token_malformed
        );
        CHECK(json_code(with(token, R"("iv":")", R"("iv":7,"v":")")) == errc::token_malformed);
        CHECK(json_code(with(token, R"("tag":")", R"("tag":null,"t":")")) == errc::token_malformed);
        CHECK(
            json_code(with(token, R"({"protected")", R"({"header":[],"protected")"))
            == errc::token_malformed
        );
        CHECK(
            json_code(with(token, R"({"protected")", R"({"unprotected":1,"protected")"))
            == errc::token_malformed
        );
        CHECK(
            json_code(with(token, R"({"protected")", R"({"aad":1,"protected")"))
            == errc::token_malformed
        );
        CHECK(
            json_code(R"({"payload":"","protected":"e30","signature":""})") == errc::token_malformed
        );
    }

    TEST_CASE("parse_json: names in two headers, enc, zip or crit unprotected are header_invalid")
    {
        auto const token = flattened(secret_of(128));
        auto const beside = [&](std::string_view member) {
            return json_code(
                with(token, R"({"protected")", "{" + std::string(member) + R"(,"protected")")
            );
        };
        CHECK(beside(R"("header":{"alg":"A128KW"})") == errc::header_invalid);
        CHECK(beside(R"("unprotected":{"enc":"A128GCM"})") == errc::header_invalid);
        CHECK(beside(R"("header":{"x":1},"unprotected":{"x":1})") == errc::header_invalid);
        CHECK(beside(R"("header":{"zip":"DEF"})") == errc::header_invalid);
        CHECK(beside(R"("header":{"crit":["x"],"x":1})") == errc::header_invalid);
        CHECK(json_code(with(token, R"("protected":)", R"("p":)")) == errc::header_invalid);
        auto const content_only =
            R"({"unprotected":{"alg":"A128KW","enc":"A128GCM"},"encrypted_key":"","iv":"","ciphertext":"","tag":""})";
        CHECK(json_code(content_only) == errc::header_invalid);
    }

    TEST_CASE("parse_json: a recipient of an unknown alg is set aside, unless it is the only one")
    {
        auto const key = secret_of(128);
        auto request = request_for(key, "A128KW", "A128GCM", "text");
        request.form = serialization::general;
        auto const token = make_jwe(request).value();
        auto const two =
            with(token, R"("recipients":[)", R"("recipients":[{"header":{"alg":"X"}},)");
        auto const opened = open_json(two, {key});
        REQUIRE(opened.has_value());
        CHECK(opened->recipient == 1);
        CHECK(json_code(with(token, "A128KW", "A128XX")) == errc::algorithm_unsupported);
    }
}
