#include "core/keys/pem.hpp"
#include "service/net/tls_client_chain.hpp"
#include "tests/service/net/tls_folder.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using service::net::client_certificates_max;
using service::net::client_elements_max;
using service::net::refusal_of_shown;

constexpr std::string_view unreadable = "The client's certificates cannot be read.";
constexpr std::string_view too_many_parts =
    "The client's certificates have more names or extensions than are read.";
constexpr std::string_view unknown_key =
    "A certificate that the client shows has a key of a kind or size that is not accepted.";

std::string octets_of(std::size_t value, std::size_t count)
{
    std::string out;
    while (count-- > 0)
        out += static_cast<char>(value >> 8 * count & 0xff);
    return out;
}

std::string sized(std::string const& content, std::size_t octets)
{
    return octets_of(content.size(), octets) + content;
}

/// A certificate's DER.
std::string der_of(std::string const& name)
{
    auto const blocks = core::read_pem(tests::tls_folder::get().file(name + ".pem"), 1);
    REQUIRE(blocks.has_value());
    return std::string(core::as_text(blocks->front().der.view()));
}

std::string message_of(std::vector<std::string> const& ders, bool is_tls13)
{
    std::string list;
    for (auto const& one : ders)
        list += sized(one, 3) + (is_tls13 ? sized("", 2) : "");
    return "\x0b" + sized((is_tls13 ? sized("", 1) : "") + sized(list, 3), 3);
}

/// What both versions say of the message with these certificates; they must say the same.
std::string verdict_on(std::vector<std::string> const& ders)
{
    auto const later = message_of(ders, true), earlier = message_of(ders, false);
    auto const why = refusal_of_shown(core::as_bytes(later), true);
    CHECK(why == refusal_of_shown(core::as_bytes(earlier), false));
    return std::string(why.value_or(""));
}

std::string element(unsigned char tag, std::string const& content)
{
    auto const size = content.size();
    std::string head(1, static_cast<char>(tag));
    if (size >= 0x80)
        head += size < 0x100 ? '\x81' : '\x82';
    return head + octets_of(size, size < 0x100 ? 1 : 2) + content;
}

std::string times(std::size_t count, std::string const& one)
{
    std::string all;
    while (count-- > 0)
        all += one;
    return all;
}

std::string const null("\x05\x00", 2), no_name("\x82\x00", 2);
std::string const algorithm = element(0x30, element(0x06, "\x2b\x65\x70"));  // Ed25519
std::string const common_name = element(
    0x31, element(0x30, element(0x06, "\x55\x04\x03") + element(0x0c, "somebody"))
);  // four elements

/// Three elements, and those of its value. Its kind is one of RFC 5280 unless another is named.
std::string extension(std::string const& value, std::string const& kind = "\x55\x1d\x11")
{
    return element(0x30, element(0x06, kind) + element(0x04, value));
}

/// A certificate that nobody has signed, with 11 elements and those of the extensions.
std::string certificate(std::string const& extensions, std::string const& names = common_name)
{
    auto const key = element(0x30, algorithm + element(0x03, std::string(33, '\0')));
    auto const validity = element(0x30, times(2, element(0x17, "260101000000Z")));
    auto const name = element(0x30, names);
    auto const body = element(0xa0, element(0x02, "\x02")) + element(0x02, "\x01") + algorithm
        + name + validity + name + key
        + (extensions.empty() ? "" : element(0xa3, element(0x30, extensions)));
    return element(0x30, element(0x30, body) + algorithm + element(0x03, std::string(65, '\0')));
}

}  // namespace

TEST_SUITE("service/net/tls_client_chain")
{
    TEST_CASE(
        "refusal_of_shown: keys of every kind that is documented are accepted, and none at all"
    )
    {
        CHECK(verdict_on({}).empty());
        for (auto const* name :
             {"client", "client-rsa", "client-p384", "client-p521", "client-ed25519",
              "client-ed448", "largest-rsa", "ca"}) {
            CAPTURE(name);
            CHECK(verdict_on({der_of(name)}).empty());
        }
    }

    TEST_CASE("refusal_of_shown: other curves, curves of its own making and large RSA are refused")
    {
        for (auto const* name : {"heavy-curve", "heavy-rsa", "heavy-exponent", "client-k1"}) {
            CAPTURE(name);
            CHECK(verdict_on({der_of(name)}) == unknown_key);
            CHECK(verdict_on({der_of("client"), der_of("ca"), der_of(name)}) == unknown_key);
        }
    }

    TEST_CASE("refusal_of_shown: as many certificates as are allowed, and one more")
    {
        std::vector<std::string> many(client_certificates_max, der_of("client"));
        CHECK(verdict_on(many).empty());
        many.push_back(many.front());
        CHECK(verdict_on(many) == "The client shows more certificates than are read.");
    }

    TEST_CASE("refusal_of_shown: cut anywhere, or with something after it -> it cannot be read")
    {
        for (bool const is_tls13 : {true, false}) {
            auto const whole = message_of({der_of("client")}, is_tls13);
            for (std::size_t size = 0; size < whole.size(); ++size)
                CHECK(
                    refusal_of_shown(core::as_bytes(whole.substr(0, size)), is_tls13) == unreadable
                );
            CHECK(refusal_of_shown(core::as_bytes(whole + '\0'), is_tls13) == unreadable);
        }
        auto const der = der_of("client");
        for (std::size_t size = 0; size < der.size(); ++size)
            CHECK(!verdict_on({der.substr(0, size)}).empty());
    }

    TEST_CASE("refusal_of_shown: as many names and extensions as are read, and one more")
    {
        std::size_t const others = 11, each = 3, nulls = 2;
        static_assert((client_elements_max - 11 - 2) % 3 == 0);
        auto const empty = (client_elements_max - others - nulls) / each - nulls;
        auto const most = times(empty, extension("")) + times(nulls, extension(null));
        CHECK(verdict_on({certificate("")}).empty());
        CHECK(verdict_on({certificate(most)}).empty());
        CHECK(verdict_on({certificate(most + extension(""))}) == too_many_parts);
        CHECK(verdict_on({certificate(most), certificate("")}) == too_many_parts);
        CHECK(verdict_on({certificate(times(empty - 1, extension(""))), certificate("")}).empty());
        CHECK(verdict_on({certificate("", times(79, common_name))}).empty());
        CHECK(verdict_on({certificate("", times(80, common_name))}) == too_many_parts);
    }

    TEST_CASE("refusal_of_shown: what an extension has inside counts, also where it hides")
    {
        auto const with = [](std::string const& value) {
            return verdict_on({certificate(extension(value))});
        };
        auto const many = times(1100, no_name);
        CHECK(with(element(0x30, times(600, element(0x82, "orders.example.org")))).empty());
        CHECK(with(element(0x30, many)) == too_many_parts);
        CHECK(with(element(0x10, many)) == too_many_parts);  // not marked as a list
        CHECK(
            with(element(0x30, element(0x80, many))) == too_many_parts
        );  // of which OpenSSL makes one
        CHECK(with("\x30\x80" + many + std::string(2, '\0')) == too_many_parts);
        CHECK(with(element(0x30, element(0x9f, "\x02") + many)) == too_many_parts);
        CHECK(with(many.substr(1)) == too_many_parts);
        std::string nested;
        for (int i = 0; i < 1100; ++i)
            nested = element(0x30, nested);
        CHECK(with(nested) == too_many_parts);
        // A kind that the library does not know stays octets; so does a key's identifier.
        CHECK(verdict_on({certificate(extension(many, "\x2b\x06\x01\x04\x01"))}).empty());
        CHECK(with(element(0x30, element(0x80, std::string(20, '\xff')))).empty());
    }

    TEST_CASE("refusal_of_shown: extensions that are none -> it cannot be read")
    {
        auto const two = extension(null) + extension(null);
        for (auto const& bad :
             {std::string("\x30"), null, two + null, element(0x30, ""),
              element(0x30, element(0x06, "a")),
              element(0x30, element(0x06, "a") + element(0x04, "") + null)})
            CHECK(verdict_on({certificate(bad)}) == unreadable);
    }

    TEST_CASE("refusal_of_shown: lengths that are not DER -> it cannot be read")
    {
        auto const content = std::string("\x02\x01\x01", 3);
        for (auto const& head :
             {std::string("\x30\x80", 2), std::string("\x30\x81\x03", 3),
              std::string("\x30\x82\x00\x03", 4), std::string("\x30\x84\x00\x00\x00\x03", 6),
              std::string("\x31\x03", 2)})
            CHECK(verdict_on({head + content}) == unreadable);
    }
}
