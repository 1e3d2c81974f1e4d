#include "tests/service/callers/people.hpp"

#include <doctest/doctest.h>

using namespace people;
using namespace std::chrono_literals;
using service::caller_book;

namespace {

std::string peer_is(service::peer const& from, core::instant at = now, bool is_dev = false)
{
    caller_book const book(all_known(everybody()), is_dev);
    return name_of(book.of_peer(from, at));
}

}  // namespace

TEST_SUITE("service/callers/caller_book")
{
    TEST_CASE("of_peer: a Unix peer is known by its uid or gid")
    {
        CHECK(peer_is(on_unix(1001, 5)) == "by_uid");
        CHECK(peer_is(on_unix(5, 2002)) == "by_gid");
        CHECK(peer_is(on_unix(5, 5)) == "(nobody)");
    }

    TEST_CASE("of_peer: a TCP peer has no uid, whatever the numbers say")
    {
        auto from = on_unix(1001, 2002);
        from.is_unix = false;
        CHECK(peer_is(from) == "(nobody)");
    }

    TEST_CASE("of_peer: a uid of one caller and a gid of another are two callers")
    {
        CHECK(peer_is(on_unix(1001, 2002)) == "(two)");
    }

    TEST_CASE("of_peer: a name of the certificate, equal octet for octet")
    {
        CHECK(peer_is(with_certificate({"https://orders.example.com/Id"})) == "by_uri");
        CHECK(peer_is(with_certificate({"spiffe://example.org/orders"})) == "by_spiffe");
        CHECK(peer_is(with_certificate({}, {"orders.example.com"})) == "by_dns");
        for (std::string const& other :
             {"https://orders.example.com/id", "https://orders.example.com/Id/",
              "https://orders.example.com/", "HTTPS://orders.example.com/Id",
              "spiffe://example.org/orders/", "spiffe://example.org/orders/eu",
              "spiffe://example.org", "spiffe://Example.org/orders", "orders.example.com"}) {
            CAPTURE(other);
            CHECK(peer_is(with_certificate({other})) == "(nobody)");
        }
        for (std::string const& other :
             {"*.example.com", "example.com", "a.orders.example.com", "orders.example.com.",
              "spiffe://example.org/orders"}) {
            CAPTURE(other);
            CHECK(peer_is(with_certificate({}, {other})) == "(nobody)");
        }
    }

    TEST_CASE("of_peer: a SPIFFE ID next to another URI is none")
    {
        CHECK(peer_is(with_certificate({"spiffe://example.org/orders", "urn:x"})) == "(nobody)");
        CHECK(
            peer_is(with_certificate({"spiffe://example.org/orders", "spiffe://example.org/bills"}))
            == "(nobody)"
        );
        CHECK(
            peer_is(with_certificate({"spiffe://example.org/orders"}, {"other.example.com"}))
            == "by_spiffe"
        );
        // A URI that cannot be compared is an empty one.
        CHECK(peer_is(with_certificate({"spiffe://example.org/orders", ""})) == "(nobody)");
        CHECK(peer_is(with_certificate({""})) == "(nobody)");
    }

    TEST_CASE("of_peer: a certificate with the names of two callers is of two")
    {
        CHECK(
            peer_is(with_certificate({"spiffe://example.org/orders"}, {"orders.example.com"}))
            == "(two)"
        );
    }

    TEST_CASE("of_peer: a certificate counts from notBefore to notAfter, both included")
    {
        auto const from = with_certificate({}, {"orders.example.com"});
        auto const begin = from.certificate->not_before, end = from.certificate->not_after;
        CHECK(peer_is(from, begin - 1s) == "(nobody)");
        CHECK(peer_is(from, begin) == "by_dns");
        CHECK(peer_is(from, begin + 1s) == "by_dns");
        CHECK(peer_is(from, end - 1s) == "by_dns");
        CHECK(peer_is(from, end) == "by_dns");
        CHECK(peer_is(from, end + 1s) == "(nobody)");
        caller_book const book(all_known(everybody()), false);
        auto const late = book.of_peer(from, end + 1s).unauthenticated();
        CHECK(late == core::errc::caller_unauthenticated);
        CHECK(late.detail == "The client certificate is not valid at this time.");
    }

    TEST_CASE("of_peer: in development mode everybody is let in")
    {
        CHECK(peer_is({}, now, true) == "(anybody)");
    }

    TEST_CASE("by_secret: each of a caller's secrets, whole, and of at least 32 bytes")
    {
        auto settings = everybody();
        settings.push_back(named("short"));
        settings.back().secret_sha256 = {sha256("short")};
        caller_book const book(all_known(settings), false);
        auto const name = [&](std::string const& text) {
            auto const found = book.by_secret(text);
            return found ? found->settings.name : "(nobody)";
        };
        CHECK(name(std::string(secret)) == "by_secret");
        CHECK(name(std::string(next_secret)) == "by_secret");
        CHECK(name(std::string(secret) + "x") == "(nobody)");
        CHECK(name(std::string(secret.substr(1))) == "(nobody)");
        CHECK(name("") == "(nobody)");
        CHECK(name("short") == "(nobody)");
    }

    TEST_CASE("by_token: the profile and the subject, both")
    {
        caller_book const book(all_known(everybody()), false);
        CHECK(book.by_token("cluster", "system:serviceaccount:shop:orders") != nullptr);
        CHECK(book.by_token("other", "system:serviceaccount:shop:orders") == nullptr);
        CHECK(book.by_token("cluster", "system:serviceaccount:shop:bills") == nullptr);
        CHECK(book.by_token("cluster", "") == nullptr);
    }

    TEST_CASE("bearer_of: what follows the scheme, in any case and after any spaces")
    {
        CHECK(service::bearer_of("Bearer abc") == "abc");
        CHECK(service::bearer_of("bearer   abc") == "abc");
        for (auto const* none : {"", "Bearer", "Bearer ", "Basic abc", "abc", "Bearerabc"}) {
            CAPTURE(none);
            CHECK(service::bearer_of(none).empty());
        }
    }
}
