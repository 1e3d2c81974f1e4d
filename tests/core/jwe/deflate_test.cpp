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

    TEST_CASE("decrypt: a text of up to 250 KiB may have shrunk to any size")
    {
        for (auto const size : {std::size_t{300}, jwe_bytes_max}) {
            std::string const text(size, 'a');
            auto const token = compressed(text);
            CHECK(token.size() < text.size() + 100);
            CHECK(text_of(open(secret_of(128), token, with_zip()).value()) == text);
        }
    }

    TEST_CASE("decrypt: what inflates beyond 250 KiB and 10 times is token_too_large")
    {
        std::string const long_text(jwe_bytes_max + 1, 'a');
        CHECK(code_of(deflate(as_bytes(long_text))) == errc::request_invalid);
        auto const bomb = deflated(long_text);
        CHECK(bomb.size() * 900 < long_text.size());
        CHECK(code_of(open(secret_of(128), around(bomb), with_zip())) == errc::token_too_large);
    }

    TEST_CASE("decrypt: beyond 250 KiB a text may be exactly 10 times as long as its compressed "
              "form")
    {
        // What cannot be compressed, and then what can: the ratio is that of both together.
        auto const of_zeros = [](std::size_t zeros) {
            auto const noise = crypto::random_bytes(30'000);
            return std::string(as_text(noise)) + std::string(zeros, '0');
        };
        auto const text = of_zeros(260'000);
        auto const octets = deflated(text);
        REQUIRE(text.size() > jwe_bytes_max);
        REQUIRE(text.size() <= octets.size() * 10);
        CHECK(text_of(open(secret_of(128), around(octets), with_zip()).value()) == text);
        CHECK(text_of(open(secret_of(128), compressed(text), with_zip()).value()) == text);
        CHECK(
            code_of(open(secret_of(128), around(deflated(of_zeros(290'000))), with_zip()))
            == errc::token_too_large
        );
        CHECK(inflated_size_max(25'600) == 256'000);
        CHECK(inflated_size_max(25'601) == 256'010);
    }

    TEST_CASE("decrypt: a policy may allow less than that")
    {
        auto policy = with_zip();
        policy.inflated_max = 299;
        auto const token = compressed(std::string(300, 'a'));
        CHECK(code_of(open(secret_of(128), token, policy)) == errc::token_too_large);
        policy.inflated_max = 300;
        CHECK(open(secret_of(128), token, policy).has_value());
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
