#include "core/crypto/digest.hpp"
#include "core/jwe/deflate.hpp"
#include "tests/core/jwe/jwe_samples.hpp"

#include <zlib.h>

using namespace core;
using namespace samples;

namespace {

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

TEST_SUITE("core/jwe/deflate")
{
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
}
