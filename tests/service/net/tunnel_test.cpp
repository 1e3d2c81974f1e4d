#include "tests/service/net/one_fetch.hpp"
#include "tests/service/net/scripted_origin.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace tests;

namespace {

/// No name is known.
std::vector<core::ip_address> nowhere(std::string const&)
{
    return {};
}

service::net::name_lookup leading_to(std::initializer_list<std::string_view> texts)
{
    std::vector<core::ip_address> found;
    for (auto const text : texts)
        found.push_back(core::parse_ip_address(text).value());
    return [found](std::string const&) { return found; };
}

/// A fetch of https://id.test through this proxy.
service::net::fetch_target through(scripted_origin const& proxy)
{
    auto target = target_of("https://id.test/jwks");
    target.headers = {{"X-Api-Key", "not for the proxy"}};
    target.tls = service::net::tls_context::make({}).value();
    target.proxy_url = "http://127.0.0.1:" + std::to_string(proxy.port());
    target.lookup = leading_to({"192.0.2.1"});
    return target;
}

/// What the proxy was asked for, in order.
std::vector<std::string> asked(scripted_origin const& proxy)
{
    std::vector<std::string> lines;
    for (auto const& head : proxy.heads())
        lines.push_back(head.substr(0, head.find("\r\n")));
    return lines;
}

std::string const refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
using lines = std::vector<std::string>;

}  // namespace

TEST_SUITE("service/net/tunnel")
{
    TEST_CASE("fetch: through a proxy -> a tunnel to an address that was resolved and guarded here")
    {
        scripted_origin const proxy(refusal);
        auto target = through(proxy);
        target.deny_cidrs = {core::parse_cidr("127.0.0.1").value()};  // not meant for the proxy
        target.lookup = leading_to({"169.254.169.254", "192.0.2.1", "64:ff9b::a9fe:a9fe"});
        CHECK(run_fetch(target).error() == "connect");
        CHECK((asked(proxy) == lines{"CONNECT 192.0.2.1:443 HTTP/1.1"}));
        auto const head = proxy.heads().at(0);
        CHECK(head.find("\r\nHost: 192.0.2.1:443\r\n") != std::string::npos);
        CHECK(head.find("Api-Key") == std::string::npos);
        CHECK(head.find("id.test") == std::string::npos);
    }

    TEST_CASE("fetch: a name that leads to blocked addresses only -> forbidden_address before the "
              "proxy hears of it")
    {
        scripted_origin const proxy(refusal);
        auto target = through(proxy);
        for (auto const address :
             {"169.254.169.254", "::ffff:169.254.169.254", "2002:a9fe:a9fe::", "fe80::1"}) {
            target.lookup = leading_to({address});
            CHECK_MESSAGE(run_fetch(target).error() == "forbidden_address", address);
            target.url = "http://id.test/";
            target.allow_http = true;
            CHECK_MESSAGE(run_fetch(target).error() == "forbidden_address", address);
        }
        CHECK(proxy.heads().empty());
    }

    TEST_CASE("fetch: a blocked address in the URL -> forbidden_address, whoever resolves")
    {
        scripted_origin const proxy(refusal);
        auto target = through(proxy);
        target.allow_http = true;
        for (bool const proxy_resolves : {false, true}) {
            target.proxy_resolves = proxy_resolves;
            for (auto const url :
                 {"http://169.254.169.254/latest", "https://[::ffff:a9fe:a9fe]/"}) {
                target.url = url;
                CHECK_MESSAGE(run_fetch(target).error() == "forbidden_address", url);
            }
        }
        CHECK(proxy.heads().empty());
    }

    TEST_CASE("fetch: a proxy that refuses one address -> is asked for the next")
    {
        scripted_origin const proxy(refusal);
        auto target = through(proxy);
        target.lookup = leading_to({"2001:db8::1", "::ffff:192.0.2.2", "192.0.2.1"});
        auto const got = run_fetch(target);
        CHECK(got.error() == "connect");
        CHECK(got.sentence().find("proxy_resolves: true") != std::string::npos);
        CHECK((
            asked(proxy)
            == lines{"CONNECT [2001:db8::1]:443 HTTP/1.1", "CONNECT 192.0.2.2:443 HTTP/1.1", "CONNECT 192.0.2.1:443 HTTP/1.1"}
        ));
    }

    TEST_CASE("fetch: a name that cannot be resolved here -> resolve, and the setting that helps")
    {
        scripted_origin const proxy(refusal);
        auto target = through(proxy);
        target.lookup = nowhere;
        auto const got = run_fetch(target);
        CHECK(got.error() == "resolve");
        CHECK(got.sentence().find("proxy_resolves: true") != std::string::npos);
        CHECK(proxy.heads().empty());

        target.proxy_resolves = true;
        CHECK(run_fetch(target).error() == "connect");
        CHECK((asked(proxy) == lines{"CONNECT id.test:443 HTTP/1.1"}));
    }

    TEST_CASE("fetch: plain http to loopback through a proxy elsewhere -> forbidden_address")
    {
        auto target = target_of("http://localhost/jwks");
        target.proxy_url = "http://proxy.test:3128";
        target.lookup = leading_to({"127.0.0.1"});
        CHECK(run_fetch(target).error() == "forbidden_address");
    }

    TEST_CASE("fetch: plain http to localhost, the proxy resolves -> localhost is resolved here")
    {
        scripted_origin const proxy(refusal);
        auto target = through(proxy);
        target.url = "http://localhost/jwks";
        target.proxy_resolves = true;
        CHECK(run_fetch(target).error() == "forbidden_address");
        target.lookup = leading_to({"127.0.0.1"});
        CHECK(run_fetch(target).error() == "connect");
        CHECK((asked(proxy) == lines{"CONNECT 127.0.0.1:80 HTTP/1.1"}));
    }

    TEST_CASE("fetch: a tunnel that is refused, spoken in first, or opened without end -> the error"
    )
    {
        auto const get = [](std::string octets) {
            scripted_origin const proxy(std::move(octets));
            return run_fetch(through(proxy)).error();
        };
        CHECK(get(refusal) == "connect");
        CHECK(get("HTTP/1.1 200 OK\r\n\r\nearly") == "protocol");
        CHECK(get("HTTP/1.1 200 OK\r\n\r\n") == "tls");  // and then it closes
        auto const field = "X-Padding: " + std::string(8000, 'x') + "\r\n";
        CHECK(get("HTTP/1.1 200 OK\r\n" + field + field + field) == "too_large");
        auto const interim = "HTTP/1.1 103 Early Hints\r\n" + field + "\r\n";
        CHECK(get(interim + interim + interim + interim + interim) == "too_large");
    }

    TEST_CASE("fetch: a proxy that says nothing -> timeout at total_limit")
    {
        scripted_origin const proxy(script{"", ending::hold});
        auto target = through(proxy);
        target.lookup = leading_to({"192.0.2.1", "192.0.2.2"});
        target.connect_limit = 100ms;
        target.total_limit = 1s;
        auto const got = run_fetch(target);
        CHECK(got.error() == "timeout");
        CHECK(got.took < 15s);
        CHECK(
            (asked(proxy)
             == lines{"CONNECT 192.0.2.1:443 HTTP/1.1", "CONNECT 192.0.2.2:443 HTTP/1.1"})
        );
    }

    TEST_CASE("fetch: a proxy's URL that is not one -> connect")
    {
        for (auto const text : {"https://127.0.0.1:1", "127.0.0.1:1", "socks5://127.0.0.1:1"}) {
            auto target = target_of("http://127.0.0.1:1/");
            target.proxy_url = text;
            CHECK_MESSAGE(run_fetch(target).error() == "connect", text);
        }
    }
}
