#include "service/net/fetch.hpp"
#include "tests/service/net/one_fetch.hpp"
#include "tests/service/net/scripted_origin.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <optional>
#include <set>
#include <thread>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace tests;
using service::net::fetch_result;

TEST_SUITE("service/net/fetch")
{
    TEST_CASE("fetch: an origin that falls silent before, in or after the head -> timeout at "
              "total_limit")
    {
        for (std::string const octets :
             {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{"}) {
            scripted_origin const from(script{octets, ending::hold});
            auto target = target_of(from.url());
            target.total_limit = 200ms;
            auto const got = run_fetch(target);
            CHECK_MESSAGE(got.error() == "timeout", octets);
            CHECK(got.took >= 200ms);
            CHECK(got.took < 15s);
        }
    }

    TEST_CASE("to_string: every fetch_error -> a name of its own")
    {
        std::set<std::string_view> names;
        for (auto const one : service::net::all_fetch_errors)
            names.insert(to_string(one));
        CHECK((
            names
            == std::set<
                std::
                    string_view>{"resolve", "forbidden_address", "connect", "tls", "timeout", "too_large", "protocol", "redirect", "cancelled"}
        ));
    }

    TEST_CASE("fetch: a URL or configured header that cannot be sent -> protocol, no request")
    {
        CHECK(run_fetch(target_of("ftp://id.test/")).error() == "protocol");
        CHECK(run_fetch(target_of("file:///etc/passwd")).error() == "protocol");
        scripted_origin const from(ok("{}"));
        std::pair<std::string, std::string> const headers[] = {
            {"X Y", "a"}, {"", "a"}, {"X", "a\r\nY: b"}, {"X:", "a"}};
        for (auto const& header : headers) {
            auto target = target_of(from.url());
            target.headers = {header};
            CHECK_MESSAGE(run_fetch(target).error() == "protocol", header.first);
        }
        CHECK(from.heads().empty());
    }

    TEST_CASE("fetch: https without trusted certificates -> tls, no connection")
    {
        CHECK(run_fetch(target_of("https://127.0.0.1:1/")).error() == "tls");
    }

    TEST_CASE("fetch: cancelled while the origin is silent -> cancelled, at once")
    {
        scripted_origin const from(script{"", ending::hold});
        auto const target = target_of(from.url());
        asio::io_context io{1};
        asio::cancellation_signal stop;
        std::optional<fetch_result> outcome;
        auto const on_end = [&outcome](std::exception_ptr, fetch_result result) {
            outcome = std::move(result);
        };
        asio::co_spawn(
            io, service::net::fetch(target, {}), asio::bind_cancellation_slot(stop.slot(), on_end)
        );
        std::thread stopper([&] {
            from.wait_for_request();
            asio::post(io, [&stop] { stop.emit(asio::cancellation_type::terminal); });
        });
        auto const begin = std::chrono::steady_clock::now();
        io.run();
        stopper.join();
        CHECK(std::chrono::steady_clock::now() - begin < 20s);
        REQUIRE(outcome.has_value());
        REQUIRE(!outcome->has_value());
        CHECK(outcome->error().error == service::net::fetch_error::cancelled);
    }

    TEST_CASE("fetch: an event loop that ends under it -> everything is let go")
    {
        scripted_origin const from(script{"HTTP/1.1 200 OK\r\n", ending::hold});
        auto const target = target_of(from.url());
        asio::io_context io{1};
        asio::co_spawn(io, service::net::fetch(target, {}), [](std::exception_ptr, fetch_result) {
        });
        std::thread stopper([&] {
            from.wait_for_request();
            io.stop();
        });
        io.run();
        stopper.join();
        CHECK(from.heads().size() == 1);  // the sanitizers look for the rest
    }
}
