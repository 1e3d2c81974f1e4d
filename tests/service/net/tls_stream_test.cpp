#include "core/json/json.hpp"
#include "service/net/tls_stream.hpp"
#include "tests/service/net/one_fetch.hpp"
#include "tests/service/net/python_origin.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace tests;
using service::net::fetch_target;
using service::net::tls_context;

namespace {

/// Trusts only the test's own authority.
std::shared_ptr<tls_context const> trusting()
{
    static auto const context =
        tls_context::make({.roots = python_origin::get().file("ca.pem")}).value();
    return context;
}

fetch_target secured(std::string url)
{
    auto target = target_of(std::move(url));
    target.tls = trusting();
    return target;
}

timed_fetch fetch_as(std::string const& mode)
{
    return run_fetch(secured(python_origin::get().url("https", mode)));
}

service::net::name_lookup here()
{
    return [](std::string const&) {
        return std::vector<core::ip_address>{core::parse_ip_address("127.0.0.1").value()};
    };
}

/// Why a fetch behind this door fails, once it is clear that it fails in TLS.
std::string tls_sentence(std::string const& door)
{
    auto const got = run_fetch(secured(python_origin::get().url(door)));
    CHECK(got.error() == "tls");
    return got.sentence();
}

}  // namespace

TEST_SUITE("service/net/tls_stream")
{
    TEST_CASE("handshake: a certificate of a trusted authority for this address -> an answer")
    {
        auto const got = fetch_as("good");
        REQUIRE_MESSAGE(got.has_answer(), got.sentence());
        CHECK(got.result->status == 200);
        auto const set = core::json::document::parse(got.result->body);
        REQUIRE(set.has_value());
        CHECK(set->root().find("keys")->size() == 1);
        CHECK(got.result->cache_control == "max-age=300");
    }

    TEST_CASE("handshake: a certificate for the URL's name -> an answer; for another -> tls")
    {
        auto const& origin = python_origin::get();
        auto target = secured(origin.url("https", "good", "origin.test"));
        target.lookup = here();
        CHECK(run_fetch(target).status() == 200);
        target.url = origin.url("https", "good", "third.test");
        auto const got = run_fetch(target);
        CHECK(got.error() == "tls");
        CHECK(got.sentence() == "The server's certificate is for another host.");
    }

    TEST_CASE("handshake: expired, another host's, or an unknown authority's -> tls, and which")
    {
        CHECK(
            tls_sentence("https_expired")
            == "The server's certificate, or one above it, has expired."
        );
        CHECK(tls_sentence("https_wrong_host") == "The server's certificate is for another host.");
        CHECK(
            tls_sentence("https_unknown")
            == "The server's certificate is not from a trusted authority."
        );
    }

    TEST_CASE("handshake: a host that only the common name, a URI or a text names -> tls")
    {
        auto const& origin = python_origin::get();
        auto const get = [&](std::string const& door, std::string const& host) {
            auto target = secured(origin.url(door, "good", host));
            target.lookup = here();
            auto const got = run_fetch(target);
            return got.has_answer() ? std::string("an answer") : got.sentence();
        };
        std::string const refused = "The server's certificate is for another host.";
        CHECK(get("https_common_name", "origin.test") == refused);
        CHECK(get("https_only_uri", "origin.test") == refused);
        CHECK(
            get("https_address_as_name", "127.0.0.1")
            == "The server's certificate is not acceptable."
        );
        CHECK(get("https_wildcard", "127.0.0.1") == refused);
    }

    TEST_CASE("handshake: a wildcard -> is one whole label, the first of three or more")
    {
        auto const& origin = python_origin::get();
        auto const get = [&](std::string const& door, std::string const& host) {
            auto target = secured(origin.url(door, "good", host));
            target.lookup = here();
            return run_fetch(target).has_answer();
        };
        CHECK(get("https_wildcard", "id.origin.test"));
        CHECK(get("https_wildcard", "ID.origin.test"));
        for (auto const host : {"origin.test", "a.b.origin.test", "id.other.test", "idorigin.test"})
            CHECK_MESSAGE(!get("https_wildcard", host), host);
        for (auto const host : {"origin.origin.test", "ori.origin.test", "origin.test"})
            CHECK_MESSAGE(!get("https_part_wildcard", host), host);
        CHECK(get("https_part_wildcard", "id.whole.test"));  // the certificate's other name is good
    }

    TEST_CASE("handshake: too many certificates, or slow keys among them -> tls")
    {
        CHECK(
            tls_sentence("https_twelve_certificates") == "The server sends too many certificates."
        );
        CHECK(
            tls_sentence("https_heavy_chain")
            == "A certificate of the server has a key that takes too long to check."
        );
    }

    TEST_CASE("handshake: more bytes than a handshake needs -> too_large")
    {
        for (auto const door : {"https_long_chain", "https_endless"}) {
            auto const got = run_fetch(secured(python_origin::get().url(door)));
            CHECK_MESSAGE(got.error() == "too_large", door << ": " << got.sentence());
        }
    }

    TEST_CASE("handshake: a good certificate that the system's roots do not know -> tls")
    {
        auto target = target_of(python_origin::get().url("https"));
        target.tls = tls_context::make({}).value();
        CHECK(run_fetch(target).error() == "tls");
    }

    TEST_CASE("handshake: the server's own certificate as the only root -> an answer")
    {
        auto const& origin = python_origin::get();
        auto target = target_of(origin.url("https_unknown"));
        target.tls = tls_context::make({.roots = origin.file("https_unknown.pem")}).value();
        auto const got = run_fetch(target);
        CHECK_MESSAGE(got.status() == 200, got.sentence());
    }

    TEST_CASE("handshake: TLS 1.1 at most -> tls")
    {
        CHECK(!tls_sentence("https_old").empty());
    }

    TEST_CASE("handshake: TLS 1.2 -> an answer")
    {
        auto const got = run_fetch(secured(python_origin::get().url("https_12")));
        CHECK_MESSAGE(got.status() == 200, got.sentence());
    }

    TEST_CASE("handshake: a server that wants a client's certificate -> with it an answer, without "
              "it tls")
    {
        auto const& origin = python_origin::get();
        auto const certificate = origin.file("client.pem");
        auto const key = origin.file("client.key");
        CHECK(!tls_sentence("https_client").empty());
        auto target = target_of(origin.url("https_client"));
        target.tls =
            tls_context::make({origin.file("ca.pem"), certificate, core::as_bytes(key)}).value();
        auto const got = run_fetch(target);
        CHECK_MESSAGE(got.status() == 200, got.sentence());
    }

    TEST_CASE("handshake: a server that says nothing -> timeout at total_limit")
    {
        // The plain door waits for the end of a request that never comes.
        auto const port = std::to_string(python_origin::get().port("http"));
        auto target = secured("https://127.0.0.1:" + port + "/");
        target.total_limit = 300ms;
        auto const got = run_fetch(target);
        CHECK(got.error() == "timeout");
        CHECK(got.took >= 300ms);
        CHECK(got.took < 15s);
    }

    TEST_CASE("read_some: an origin that fails inside TLS -> the same errors as without")
    {
        CHECK(fetch_as("503").status() == 503);
        CHECK(fetch_as("html").status() == 200);
        CHECK(fetch_as("redirect").error() == "redirect");
        CHECK(fetch_as("huge").error() == "too_large");
        CHECK(fetch_as("huge_announced").error() == "too_large");
        CHECK(fetch_as("huge_head").error() == "too_large");
        CHECK(fetch_as("endless_chunk_extension").error() == "too_large");
        CHECK(fetch_as("endless_trailers").error() == "too_large");
        CHECK(fetch_as("endless_extensions").error() == "too_large");
        CHECK(fetch_as("no_http").error() == "protocol");
        CHECK(fetch_as("truncated").error() == "protocol");
        CHECK(fetch_as("close").error() == "protocol");
        CHECK(fetch_as("reset").error() == "protocol");
    }

    TEST_CASE("read_some: a body up to the end of the connection -> complete only with TLS's "
              "closing alert")
    {
        auto const whole = fetch_as("to_the_end");
        REQUIRE_MESSAGE(whole.has_answer(), whole.sentence());
        CHECK(whole.result->body == "{}");
        CHECK(fetch_as("cut_at_the_end").error() == "protocol");
    }

    TEST_CASE("read_some: an origin that is slow inside TLS -> timeout at total_limit")
    {
        for (auto const mode : {"hang", "drip", "slow_head"}) {
            auto target = secured(python_origin::get().url("https", mode));
            target.total_limit = 700ms;
            auto const got = run_fetch(target);
            CHECK_MESSAGE(got.error() == "timeout", mode);
            CHECK(got.took >= 700ms);
            CHECK(got.took < 20s);
        }
    }

    TEST_CASE("fetch: plain http through a proxy's tunnel -> an answer, for the URL's name")
    {
        auto const& origin = python_origin::get();
        auto target = target_of(origin.url("http", "good", "origin.test"));
        target.allow_http = true;
        target.proxy_url = "http://127.0.0.1:" + std::to_string(origin.port("proxy"));
        target.lookup = here();
        auto const got = run_fetch(target);
        CHECK_MESSAGE(got.status() == 200, got.sentence());
    }

    TEST_CASE("handshake: through a proxy's tunnel -> an answer, the certificate is the origin's")
    {
        auto const& origin = python_origin::get();
        auto target = secured(origin.url("https", "good", "origin.test"));
        target.proxy_url = "http://127.0.0.1:" + std::to_string(origin.port("proxy"));
        target.lookup = here();
        auto const got = run_fetch(target);
        CHECK_MESSAGE(got.status() == 200, got.sentence());
        target.lookup = [](std::string const&) { return std::vector<core::ip_address>(); };
        CHECK(run_fetch(target).error() == "resolve");
        target.proxy_resolves = true;
        CHECK(run_fetch(target).status() == 200);
        target.url = origin.url("https_wrong_host", "good", "origin.test");
        CHECK(run_fetch(target).error() == "tls");
    }
}
