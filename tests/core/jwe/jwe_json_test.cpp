#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"
#include "core/jwe/deflate.hpp"
#include "core/jws/serialization.hpp"
#include "tests/core/jwe/jwe_samples.hpp"

#include <zlib.h>

using namespace core;
using namespace samples;

namespace {

result<opened_jwe> open_json(
    std::string_view token, std::vector<jwk> const& keys,
    decrypt_policy const& policy = permissive()
)
{
    auto const document = json::document::parse(std::string(token)).value();
    auto const parsed = unopened_jwe::parse_json(document.root());
    if (!parsed)
        return parsed.error();
    return decrypt(*parsed, keys, policy);
}

errc json_code(std::string_view token)
{
    return code_of(open_json(token, {secret_of(128)}));
}

/// The text with `old` replaced by `now`.
std::string with(std::string text, std::string_view old, std::string_view now)
{
    auto const at = text.find(old);
    REQUIRE(at != text.npos);
    return text.replace(at, old.size(), now);
}

std::string flattened(jwk const& key, std::optional<std::string_view> aad = {})
{
    auto request = request_for(key, "A128KW", "A128GCM", "text");
    request.form = serialization::flattened;
    if (aad)
        request.aad = as_bytes(*aad);
    return make_jwe(request).value();
}

std::string compressed(std::string_view text)
{
    static auto const key = secret_of(128);
    auto request = request_for(key, "A128KW", "A128GCM", text);
    request.compress = true;
    return make_jwe(request).value();
}

/// A token whose content is these octets, as if they were compressed.
std::string around(byte_view compressed_octets)
{
    auto const key = secret_of(128);
    auto request = request_for(key, "A128KW", "A128GCM", as_text(compressed_octets));
    request.header = R"({"zip":"DEF"})";
    return make_jwe(request).value();
}

/// The compressed form that a sender without a bound would make.
bytes deflated(std::string_view text)
{
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    bytes out(text.size() + 1024);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

decrypt_policy with_zip()
{
    auto policy = permissive();
    policy.allow_zip = true;
    return policy;
}

}  // namespace

TEST_SUITE("core/jwe JSON and zip")
{
    TEST_CASE("make_jwe, decrypt: flattened, with additional data that is authenticated")
    {
        auto const key = secret_of(128);
        auto const token = flattened(key, "seen by all");
        auto const opened = open_json(token, {key});
        REQUIRE(opened.has_value());
        CHECK(text_of(*opened) == "text");
        auto const said = base64url_encode(as_bytes(std::string_view("seen by all")));
        auto const other = base64url_encode(as_bytes(std::string_view("seen by none")));
        CHECK(code_of(open_json(with(token, said, other), {key})) == errc::decryption_failed);
    }

    TEST_CASE("make_jwe, decrypt: general, each recipient opens it with its own key")
    {
        std::vector<jwk> const keys{
            secret_of(128, "s"), jwk_of(key_family::rsa, "r"), jwk_of(key_family::x25519, "x")};
        auto request = request_for(keys[0], "A128GCMKW", "A256GCM", "for all of you");
        request.form = serialization::general;
        request.recipients[0].header = R"({"n":1})";
        request.recipients.push_back({&keys[1], &alg_of("RSA-OAEP-256"), "{}", {}, {}});
        request.recipients.push_back({&keys[2], &alg_of("ECDH-ES+A128KW"), "{}", bytes{'a'}, {}});
        auto const token = make_jwe(request).value();
        for (std::size_t i = 0; i < keys.size(); ++i) {
            auto const opened = open_json(token, {keys[i]});
            REQUIRE(opened.has_value());
            CHECK(text_of(*opened) == "for all of you");
            CHECK(opened->recipient == i);
            CHECK(opened->kid == keys[i].kid);
        }
        CHECK(code_of(open_json(token, {secret_of(256, "q")})) == errc::key_not_found);
    }

    TEST_CASE("make_jwe: dir and ECDH-ES have one recipient, compact has one and no aad")
    {
        auto const secret = secret_of(128);
        auto const curve = jwk_of(key_family::p256);
        auto request = request_for(secret, "dir", "A128GCM", "x");
        request.form = serialization::general;
        CHECK(make_jwe(request).has_value());
        request.recipients.push_back({&curve, &alg_of("ECDH-ES"), "{}", {}, {}});
        CHECK(code_of(make_jwe(request)) == errc::request_invalid);
        request.recipients.erase(request.recipients.begin());
        request.form = serialization::compact;
        CHECK(make_jwe(request).has_value());
        request.aad = as_bytes(std::string_view("a"));
        CHECK(code_of(make_jwe(request)) == errc::request_invalid);
        request.aad.reset();
        request.recipients.clear();
        CHECK(code_of(make_jwe(request)) == errc::request_invalid);
    }

    TEST_CASE("make_jwe: keys that do not fit are key_invalid")
    {
        auto const secret = secret_of(128);
        CHECK(
            code_of(make_jwe(request_for(secret, "A256KW", "A128GCM", "x"))) == errc::key_invalid
        );
        CHECK(code_of(make_jwe(request_for(secret, "dir", "A256GCM", "x"))) == errc::key_invalid);
        CHECK(
            code_of(make_jwe(request_for(secret, "RSA-OAEP", "A256GCM", "x"))) == errc::key_invalid
        );
        auto const curve = jwk_of(key_family::secp256k1);
        CHECK(
            code_of(make_jwe(request_for(curve, "ECDH-ES", "A256GCM", "x"))) == errc::key_invalid
        );
        auto signing = jwk_of(key_family::rsa);
        signing.use = key_use::sig;
        CHECK(
            code_of(make_jwe(request_for(signing, "RSA-OAEP", "A256GCM", "x"))) == errc::key_invalid
        );
        auto bound = jwk_of(key_family::rsa);
        bound.alg = "RSA-OAEP-256";
        CHECK(
            code_of(make_jwe(request_for(bound, "RSA-OAEP", "A256GCM", "x"))) == errc::key_invalid
        );
    }

    TEST_CASE("make_jwe: apu without ECDH-ES and p2c out of bounds are request_invalid")
    {
        auto const secret = secret_of(128);
        auto request = request_for(secret, "A128KW", "A128GCM", "x");
        request.recipients[0].apu = bytes{1};
        CHECK(code_of(make_jwe(request)) == errc::request_invalid);
        request = request_for(secret, "PBES2-HS256+A128KW", "A128GCM", "x");
        for (std::int64_t const count : {std::int64_t{999}, p2c_max + 1}) {
            request.p2c = count;
            CHECK(code_of(make_jwe(request)) == errc::request_invalid);
        }
    }

    TEST_CASE("make_jwe: a key that AES-GCM used 2^32 times is key_invalid, for dir and A128GCMKW")
    {
        auto const key = [] {
            jwk fresh;
            fresh.material = crypto::import_secret(secret_bytes(crypto::random_bytes(16))).value();
            return fresh;
        }();
        REQUIRE(key.material->take_gcm_uses(crypto::key::gcm_uses_max - 2));
        CHECK(make_jwe(request_for(key, "dir", "A128GCM", "x")).has_value());
        CHECK(make_jwe(request_for(key, "A128GCMKW", "A128GCM", "x")).has_value());
        CHECK(code_of(make_jwe(request_for(key, "dir", "A128GCM", "x"))) == errc::key_invalid);
        CHECK(
            code_of(make_jwe(request_for(key, "A128GCMKW", "A128GCM", "x"))) == errc::key_invalid
        );
        CHECK(make_jwe(request_for(key, "A128KW", "A128GCM", "x")).has_value());
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

    TEST_CASE("decrypt: zip is algorithm_not_allowed unless it is allowed")
    {
        auto const text = std::string("some words and some words and some other words");
        auto const token = compressed(text);
        CHECK(code_of(open(secret_of(128), token)) == errc::algorithm_not_allowed);
        CHECK(text_of(open(secret_of(128), token, with_zip()).value()) == text);
        CHECK(text_of(open(secret_of(128), compressed(""), with_zip()).value()).empty());
    }

    TEST_CASE("decrypt: what inflates beyond 10 times or 250 KiB is token_too_large")
    {
        std::string const million(1'000'000, 'a');
        CHECK(code_of(deflate(as_bytes(million))) == errc::request_invalid);
        auto const bomb = deflated(million);
        CHECK(bomb.size() * 900 < million.size());
        CHECK(code_of(open(secret_of(128), around(bomb), with_zip())) == errc::token_too_large);
        auto const eleven = deflated(std::string(1'000, 'a'));
        CHECK(code_of(open(secret_of(128), around(eleven), with_zip())) == errc::token_too_large);

        std::string noise(jwe_bytes_max + 1, 'a');  // 4 random bits in each octet
        auto const random = crypto::random_bytes(noise.size());
        for (std::size_t i = 0; i < noise.size(); ++i)
            noise[i] = static_cast<char>('0' + random[i] % 16);
        CHECK(
            code_of(open(secret_of(128), around(deflated(noise)), with_zip()))
            == errc::token_too_large
        );
        noise.pop_back();
        auto const opened = open(secret_of(128), around(deflated(noise)), with_zip());
        REQUIRE(opened.has_value());
        CHECK(text_of(*opened) == noise);
    }

    TEST_CASE("decrypt: anything but exactly one deflate stream is token_malformed")
    {
        auto const code = [](byte_view octets) {
            return code_of(open(secret_of(128), around(octets), with_zip()));
        };
        CHECK(code(bytes{}) == errc::token_malformed);
        CHECK(code(bytes{0xff, 0xff}) == errc::token_malformed);
        auto whole = deflate(as_bytes(std::string_view("plain words"))).value();
        auto cut = whole;
        cut.pop_back();
        CHECK(code(cut) == errc::token_malformed);
        whole.push_back(0);
        CHECK(code(whole) == errc::token_malformed);
    }

    TEST_CASE("make_jwe: a token over 250 KiB is token_too_large")
    {
        auto const key = secret_of(128);
        std::string const large(jwe_bytes_max * 3 / 4, 'x');
        CHECK(
            code_of(make_jwe(request_for(key, "dir", "A128GCM", large))) == errc::token_too_large
        );
        std::string const huge(jwe_bytes_max + 1, 'x');
        CHECK(code_of(make_jwe(request_for(key, "dir", "A128GCM", huge))) == errc::token_too_large);
        auto const most = large.substr(0, large.size() - 100);
        CHECK(make_jwe(request_for(key, "dir", "A128GCM", most)).has_value());
    }
}
