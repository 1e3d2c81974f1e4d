#include "core/keys/pem.hpp"
#include "service/net/tls_client_chain.hpp"
#include "tests/service/net/tls_folder.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using service::net::client_certificates_max;
using service::net::refusal_of_shown;

constexpr std::string_view unreadable = "The client's certificates cannot be read.";
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
