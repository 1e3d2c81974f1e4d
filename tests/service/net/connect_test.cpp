#include "service/net/connect.hpp"
#include "tests/service/net/one_fetch.hpp"
#include "tests/service/net/scripted_origin.hpp"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <sys/socket.h>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace tests;

namespace {

using addresses = std::vector<core::ip_address>;

service::net::name_lookup leading_to(std::initializer_list<std::string_view> texts)
{
    addresses found;
    for (auto const text : texts)
        found.push_back(core::parse_ip_address(text).value());
    return [found](std::string const&) { return found; };
}

/// A fetch of the plain origin by a name that leads where `texts` say.
timed_fetch
fetch_by_name(scripted_origin const& from, std::initializer_list<std::string_view> texts)
{
    auto target = target_of(from.url("id.test"));
    target.allow_http = true;
    target.lookup = leading_to(texts);
    return run_fetch(target);
}

/// A loopback port that nobody else can take, and where nobody listens.
class closed_port {
public:
    closed_port() : bound_(io_, asio::ip::tcp::v4())
    {
        bound_.bind({asio::ip::address_v4::loopback(), 0});
    }
    std::uint16_t number() const { return bound_.local_endpoint().port(); }

private:
    asio::io_context io_;
    asio::ip::tcp::acceptor bound_;
};

/// A listener that accepts nobody and whose queue is full, so that a connection to it gets no
/// answer at all.
class full_listener {
public:
    full_listener(asio::ip::address const& at, std::uint16_t port)
        : acceptor_(io_, asio::ip::tcp::v4())
    {
        acceptor_.bind({at, port});
        acceptor_.listen(0);
        for (int i = 0; i < 4; ++i) {
            auto& one = waiting_.emplace_back(io_, asio::ip::tcp::v4());
            one.native_non_blocking(true);
            auto to = acceptor_.local_endpoint();  // Asio's own connect would wait
            ::connect(one.native_handle(), to.data(), static_cast<socklen_t>(to.size()));
        }
    }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_;
    std::vector<asio::ip::tcp::socket> waiting_;
};

}  // namespace

TEST_SUITE("service/net/connect")
{
    TEST_CASE("fetch: a name without addresses -> resolve")
    {
        auto target = target_of("https://id.test/jwks");
        target.tls = service::net::tls_context::make({}).value();
        target.lookup = leading_to({});
        CHECK(run_fetch(target).error() == "resolve");
    }

    TEST_CASE(
        "fetch: a name or URL that leads to a blocked address -> forbidden_address, no request"
    )
    {
        scripted_origin const from(ok("{}"));
        CHECK(fetch_by_name(from, {"0.0.0.0"}).error() == "forbidden_address");
        CHECK(
            fetch_by_name(from, {"::ffff:0.0.0.0", "169.254.169.254"}).error()
            == "forbidden_address"
        );
        auto literal = target_of(from.url("0.0.0.0"));  // Linux connects it to loopback
        literal.allow_http = true;
        CHECK(run_fetch(literal).error() == "forbidden_address");
        auto denied = target_of(from.url());
        denied.deny_cidrs = {core::parse_cidr("127.0.0.0/8").value()};
        CHECK(run_fetch(denied).error() == "forbidden_address");
        CHECK(from.heads().empty());
    }

    TEST_CASE("fetch: a blocked address that allow_cidrs holds -> an answer")
    {
        scripted_origin const from(ok("{}"));
        auto target = target_of(from.url("0.0.0.0"));
        target.allow_http = true;
        target.allow_cidrs = {core::parse_cidr("0.0.0.0").value()};
        CHECK(run_fetch(target).status() == 200);
    }

    TEST_CASE("fetch: plain http beyond loopback without leave -> forbidden_address")
    {
        scripted_origin const from(ok("{}"));
        auto target = target_of(from.url("id.test"));
        target.lookup = leading_to({"127.0.0.1"});
        CHECK(run_fetch(target).error() == "forbidden_address");
        target.url = "http://192.0.2.1/jwks";
        CHECK(run_fetch(target).error() == "forbidden_address");
        target.url = from.url("localhost");
        target.lookup = leading_to({"192.0.2.1"});  // whatever localhost says
        CHECK(run_fetch(target).error() == "forbidden_address");
        target.lookup = leading_to({"127.0.0.1"});
        CHECK(run_fetch(target).status() == 200);
    }

    TEST_CASE("fetch: several addresses -> blocked ones are left out, closed ones passed over")
    {
        scripted_origin const from(ok("{}"));
        CHECK(fetch_by_name(from, {"169.254.169.254", "127.0.0.2", "127.0.0.1"}).status() == 200);
        CHECK(from.heads().size() == 1);
    }

    TEST_CASE("fetch: an address that does not answer -> the next one has its share of the time")
    {
        scripted_origin const from(ok("{}"));
        full_listener const silent(asio::ip::make_address("127.0.0.2"), from.port());
        auto target = target_of(from.url("id.test"));
        target.allow_http = true;
        target.lookup = leading_to({"127.0.0.2", "127.0.0.1"});
        target.connect_limit = 1s;
        auto const got = run_fetch(target);
        CHECK_MESSAGE(got.status() == 200, got.sentence());
        CHECK(got.took >= 500ms);
    }

    TEST_CASE("fetch: nobody at the port -> connect")
    {
        closed_port const port;
        auto const url = "http://127.0.0.1:" + std::to_string(port.number()) + "/";
        CHECK(run_fetch(target_of(url)).error() == "connect");
    }

    TEST_CASE("fetch: an address that never answers -> timeout at connect_limit")
    {
        full_listener const silent(asio::ip::address_v4::loopback(), 0);
        auto target = target_of("http://127.0.0.1:" + std::to_string(silent.port()) + "/");
        target.connect_limit = 100ms;
        auto const got = run_fetch(target);
        CHECK(got.error() == "timeout");
        CHECK(got.took >= 100ms);
        CHECK(got.took < 15s);
    }

    TEST_CASE("fetch: a name server that never answers -> timeout at connect_limit")
    {
        struct gate {
            std::mutex lock;
            std::condition_variable opened;
            bool is_open = false;
        };
        auto const shared = std::make_shared<gate>();
        auto target = target_of("http://id.test/");
        target.allow_http = true;
        target.connect_limit = 100ms;
        target.lookup = [shared](std::string const&) {
            std::unique_lock hold(shared->lock);
            shared->opened.wait(hold, [&] { return shared->is_open; });
            return addresses{};
        };
        auto const got = run_fetch(target);
        CHECK(got.error() == "timeout");
        CHECK(got.sentence() == "The host's name was not resolved in time.");
        CHECK(got.took >= 100ms);
        CHECK(got.took < 15s);
        std::lock_guard const hold(shared->lock);
        shared->is_open = true;
        shared->opened.notify_all();
    }
}
