#include "service/net/tls_server.hpp"
#include "service/net/tls_stream.hpp"
#include "service/runtime/clock.hpp"
#include "tests/service/net/tls_folder.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

using service::net::tls_context;
using service::net::tls_material;
using service::net::tls_server;
using service::net::tls_server_context;
using service::net::tls_server_material;
using progress = service::net::tls_server::progress;

namespace {

namespace asio = boost::asio;

std::string file(std::string const& name)
{
    return tests::tls_folder::get().file(name);
}

/// The texts that a context is made of; the context keeps none of them.
struct texts {
    std::string certificates = file("server.pem"), key = file("server.key");
    std::string authorities{}, revoked{};
    bool requires_client = false;

    core::result<std::shared_ptr<tls_server_context const>> make() const
    {
        tls_server_material from;
        from.certificates = certificates;
        from.key = core::as_bytes(key);
        from.client_authorities = authorities;
        from.revoked = revoked;
        from.requires_client = requires_client;
        return tls_server_context::make(from, service::system_now());
    }
    std::shared_ptr<tls_server_context const> context() const
    {
        auto made = make();
        REQUIRE(made.has_value());
        return *made;
    }
};

texts asking_clients(std::string const& revoked = "")
{
    texts from;
    from.authorities = file("ca.pem");
    from.requires_client = true;
    if (!revoked.empty())
        from.revoked = file(revoked);
    return from;
}

/// The other end of a tls_server, in memory. What it reads comes back to the client at once, and
/// content is answered with the same content.
class echo final : public service::net::stream {
public:
    explicit echo(std::shared_ptr<tls_server_context const> with) : server(std::move(with)) {}

    asio::awaitable<std::size_t>
    read_some(std::span<char> into, boost::system::error_code& problem) override
    {
        problem = {};
        auto const count = std::min(into.size(), to_client.size());
        std::copy_n(to_client.begin(), count, into.begin());
        to_client.erase(0, count);
        co_return count;
    }
    asio::awaitable<void>
    write(std::string_view octets, boost::system::error_code& problem) override
    {
        problem = {};
        while (!octets.empty()) {
            auto const space = server.space();
            auto const count = std::min(space.size(), octets.size());
            std::copy_n(octets.begin(), count, space.begin());
            octets.remove_prefix(count);
            server.received(count);
            take();
        }
        co_return;
    }

    void take()
    {
        if (state == progress::waits)
            state = server.shake_hands();
        to_client += server.take_for_peer();
        char piece[1000];
        std::string content;
        while (state == progress::done && server.has_more()) {
            auto const count = server.read(piece);
            if (count == 0)
                break;
            content.append(piece, count);
        }
        got += content;
        if (!content.empty()) {
            REQUIRE(server.seal(content));
            to_client += content;
        }
    }

    tls_server server;
    progress state = progress::waits;
    std::string to_client, got;
};

/// A client of the other library, which says something and waits until it is said back.
struct client {
    std::string certificate{}, key{}, roots = file("ca.pem");
    std::string says = "a few words";

    /// What it was told; nullopt: there was no connection.
    std::optional<std::string> talk_to(echo& peer) const
    {
        tls_material from;
        from.roots = roots;
        from.certificate = certificate;
        from.key = core::as_bytes(key);
        auto const context = tls_context::make(from).value();
        std::optional<std::string> heard;
        asio::io_context io;
        auto const conversation = [&]() -> asio::awaitable<void> {
            service::net::tls_stream stream(peer, context, "localhost");
            auto const failed = co_await stream.handshake();
            if (failed)
                co_return;
            boost::system::error_code problem;
            co_await stream.write(says, problem);
            std::string all;
            while (!problem && all.size() < says.size()) {
                char piece[4096];
                auto const count = co_await stream.read_some(piece, problem);
                if (count == 0)
                    break;
                all.append(piece, count);
            }
            if (all.size() == says.size())
                heard = all;
        };
        asio::co_spawn(io, conversation(), asio::detached);
        io.run();
        return heard;
    }
};

client client_with(std::string const& name)
{
    client one;
    bool const is_below = name == "below" || name == "under-short";
    one.certificate = file(name + (is_below ? "-chain.pem" : ".pem"));
    one.key = file(name + ".key");
    return one;
}

/// Why a client with that certificate is refused; empty = it is not.
std::string refusal_of(texts const& by, client const& one)
{
    echo peer(by.context());
    auto const heard = one.talk_to(peer);
    CHECK(heard.has_value() == (peer.state == progress::done));
    CHECK((peer.state == progress::done || peer.server.has_refused_client()));
    return std::string(peer.server.why_failed());
}

/// The setting at fault, and what is said of it.
std::pair<std::string, std::string> fault_of(texts const& from)
{
    auto const made = from.make();
    if (made)
        return {};
    CHECK(made.error() == core::errc::request_invalid);
    return {made.error().member, made.error().detail};
}

bool says(
    std::pair<std::string, std::string> const& fault, std::string_view member, std::string_view part
)
{
    INFO(fault.first << ": " << fault.second);
    return fault.first == member && fault.second.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("service/net/tls_server")
{
    TEST_CASE("make: each file that is not what it should be is named, with what is wrong")
    {
        CHECK(fault_of({}).first.empty());
        texts chain;
        chain.certificates = file("chain.pem");
        CHECK(fault_of(chain).first.empty());
        auto const with_certificate = [](std::string const& name) {
            texts from;
            from.certificates = file(name + ".pem");
            if (name == "expired" || name == "future")
                from.key = file(name + ".key");
            return fault_of(from);
        };
        CHECK(says(with_certificate("expired"), "cert_file", "expired"));
        CHECK(says(with_certificate("future"), "cert_file", "not valid yet"));
        CHECK(says(with_certificate("half"), "cert_file", "not whole PEM"));
        CHECK(says(with_certificate("none"), "cert_file", "no PEM block"));
        CHECK(says(with_certificate("with-key"), "cert_file", "another kind"));
        CHECK(says(with_certificate("junk-ca"), "cert_file", ""));
        CHECK(says(with_certificate("next"), "key_file", "does not belong"));
        CHECK(says(with_certificate("client"), "cert_file", "not for servers"));
        texts keyless;
        keyless.key = "no key";
        CHECK(says(fault_of(keyless), "key_file", "no private key"));
    }

    TEST_CASE("make: authorities with junk among them, and lists that have ended, are refused")
    {
        auto const with = [](std::string const& authorities, std::string const& revoked = "") {
            auto from = asking_clients(revoked);
            from.authorities = file(authorities);
            return fault_of(from);
        };
        CHECK(with("both-cas.pem").first.empty());
        CHECK(with("ca.pem", "crl-both.pem").first.empty());
        CHECK(says(with("junk-ca.pem"), "client_ca_file", "cannot be read"));
        CHECK(says(with("none.pem"), "client_ca_file", "no PEM block"));
        CHECK(says(with("server.pem"), "client_ca_file", "not an authority"));
        CHECK(says(with("with-key.pem"), "client_ca_file", "another kind"));
        CHECK(says(with("ca.pem", "ca.pem"), "crl_file", "another kind"));
        CHECK(says(with("ca.pem", "crl-ended.pem"), "crl_file", "has ended"));
    }

    TEST_CASE("not_after: is the end of our own certificate")
    {
        using namespace std::chrono_literals;
        auto const left = texts{}.context()->not_after() - service::system_now();
        CHECK(left > 29 * 24h);
        CHECK(left < 31 * 24h);
    }

    TEST_CASE("shake_hands: a client of another library; content goes both ways, in any amount")
    {
        auto const context = texts{}.context();
        for (std::size_t const size : {1U, 4096U, 16384U, 16385U, 200000U}) {
            CAPTURE(size);
            echo peer(context);
            client one;
            one.says = std::string(size, 'x');
            CHECK(one.talk_to(peer) == one.says);
            CHECK(peer.got == one.says);
            CHECK(!peer.server.is_resumed());
            CHECK(peer.server.client() == nullptr);
        }
    }

    TEST_CASE("client: the names, the times and the fingerprint of the certificate")
    {
        echo peer(asking_clients().context());
        REQUIRE(client_with("client").talk_to(peer).has_value());
        auto const who = peer.server.client();
        REQUIRE(who != nullptr);
        CHECK(who->uris == std::vector<std::string>{"spiffe://example.org/orders"});
        CHECK(who->dns_names == std::vector<std::string>{"orders.example.org"});
        CHECK(who->not_before < service::system_now());
        CHECK(who->not_after > service::system_now());
        CHECK(who->fingerprint.size() == 64);
        CHECK(who->fingerprint.find_first_not_of("0123456789abcdef") == std::string::npos);
    }

    TEST_CASE("shake_hands: required -> a good client certificate, or no connection")
    {
        auto const by = asking_clients();
        CHECK(refusal_of(by, client_with("client")) == "");
        CHECK(refusal_of(by, client_with("below")) == "");
        CHECK(refusal_of(by, {}) == "The client shows no certificate.");
        CHECK(
            refusal_of(by, client_with("stranger"))
            == "The client's certificate is not from an authority of client_ca_file."
        );
        CHECK(
            refusal_of(by, client_with("old"))
            == "The client's certificate, or one above it, has expired."
        );
        CHECK(
            refusal_of(by, client_with("server")) == "The client's certificate is not for clients."
        );
        CHECK(
            refusal_of(by, client_with("useless")) == "The client's certificate is not for clients."
        );
    }

    TEST_CASE("shake_hands: optional -> none, or a good one")
    {
        auto by = asking_clients();
        by.requires_client = false;
        CHECK(refusal_of(by, {}) == "");
        CHECK(refusal_of(by, client_with("client")) == "");
        CHECK(refusal_of(by, client_with("stranger")) != "");
    }

    TEST_CASE("shake_hands: revoked, or without a list of its authority -> no connection")
    {
        constexpr std::string_view revoked =
            "The client's certificate, or one above it, is revoked.";
        CHECK(refusal_of(asking_clients("crl.pem"), client_with("client")) == "");
        CHECK(refusal_of(asking_clients("crl-client.pem"), client_with("client")) == revoked);
        CHECK(refusal_of(asking_clients("crl-client.pem"), client_with("second")) == "");
        CHECK(refusal_of(asking_clients("crl-both.pem"), client_with("below")) == revoked);
        constexpr std::string_view no_list = "crl_file has no valid list";
        auto const unlisted = refusal_of(asking_clients("crl-other.pem"), client_with("client"));
        CHECK(unlisted.starts_with(no_list));
        CHECK(refusal_of(asking_clients("crl.pem"), client_with("below")).starts_with(no_list));
        auto middle = asking_clients("crl-middle.pem");
        middle.authorities = file("middle.pem");
        CHECK(refusal_of(middle, client_with("below")) == "");  // no list of who is above it
        middle.revoked = file("crl-both.pem");
        CHECK(refusal_of(middle, client_with("below")) == revoked);
        middle.revoked = file("crl.pem");
        CHECK(refusal_of(middle, client_with("below")).starts_with(no_list));
    }

    TEST_CASE("still_accepts: as the handshake of that generation would")
    {
        echo peer(asking_clients().context());
        REQUIRE(client_with("client").talk_to(peer).has_value());
        echo below(asking_clients().context());
        REQUIRE(client_with("below").talk_to(below).has_value());
        auto const accepted_by = [&](texts const& next, echo const& one) {
            return next.context()->still_accepts(one.server, service::system_now());
        };
        auto other = asking_clients();
        other.authorities = file("other-ca.pem");
        CHECK(accepted_by(asking_clients(), peer));
        CHECK(accepted_by(asking_clients(), below));
        CHECK(accepted_by(asking_clients("crl.pem"), peer));
        CHECK(!accepted_by(asking_clients("crl-client.pem"), peer));
        CHECK(!accepted_by(asking_clients("crl-both.pem"), below));
        CHECK(!accepted_by(other, peer));
        CHECK(!accepted_by({}, peer));  // it does not ask for certificates, so none means anything

        echo nobody(texts{}.context());
        REQUIRE(client{}.talk_to(nobody).has_value());
        CHECK(accepted_by({}, nobody));
        CHECK(!accepted_by(asking_clients(), nobody));
    }

    TEST_CASE("still_accepts: what has ended above the certificate -> no more")
    {
        using namespace std::chrono_literals;
        auto const now = service::system_now();
        auto const accepts = [&](std::string const& revoked, std::string const& name, auto later) {
            auto const by = asking_clients(revoked).context();
            echo one(by);
            REQUIRE(client_with(name).talk_to(one).has_value());
            return by->still_accepts(one.server, now + later);
        };
        CHECK(accepts("", "client", 48h));
        CHECK(accepts("crl.pem", "client", 48h));
        CHECK(accepts("crl-short.pem", "client", 23h));
        CHECK(!accepts("crl-short.pem", "client", 25h));
        CHECK(accepts("", "under-short", 23h));
        CHECK(!accepts("", "under-short", 25h));
        CHECK(!accepts("", "client", 31 * 24h));
    }

    TEST_CASE("client: a name that cannot be compared still is one; of too many names none counts")
    {
        auto const who = [](std::string const& name) {
            echo peer(asking_clients().context());
            REQUIRE(client_with(name).talk_to(peer).has_value());
            return peer.server.client();
        };
        auto const odd = who("odd-name");
        CHECK(odd->uris == std::vector<std::string>{"spiffe://example.org/orders", ""});
        CHECK(odd->dns_names == std::vector<std::string>{"orders.example.org"});
        CHECK(who("most-names")->uris.size() == 1);
        CHECK(who("most-names")->dns_names.size() == 63);
        CHECK(who("many-names")->uris.empty());
        CHECK(who("many-names")->dns_names.empty());
    }

    TEST_CASE("shake_hands: what is not TLS, or does not end -> failed, with a sentence")
    {
        auto const context = texts{}.context();
        auto const feed = [](tls_server& into, std::string_view octets) {
            auto how = progress::waits;
            while (!octets.empty() && how == progress::waits) {
                auto const space = into.space();
                auto const count = std::min(space.size(), octets.size());
                std::copy_n(octets.begin(), count, space.begin());
                octets.remove_prefix(count);
                into.received(count);
                how = into.shake_hands();
            }
            return how;
        };
        tls_server plain(context);
        CHECK(feed(plain, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") == progress::failed);
        CHECK(plain.why_failed() == "The client does not speak TLS.");
        CHECK(!plain.has_refused_client());
        CHECK(plain.has_ended());
        CHECK(plain.shake_hands() == progress::failed);

        // The head of a ClientHello of 100,000 octets, and records that continue it with zeros.
        tls_server endless(context);
        std::string hello;
        for (int i = 0; i < 5; ++i) {
            std::string piece(0x4000, '\0');
            if (i == 0)
                piece.replace(0, 4, std::string("\x01\x01\x86\xa0", 4));
            hello += std::string("\x16\x03\x01\x40\x00", 5) + piece;
        }
        CHECK(feed(endless, hello) == progress::failed);
        CHECK(endless.why_failed() == "The client's handshake is larger than allowed.");

        tls_server waiting(context);
        CHECK(feed(waiting, hello.substr(0, 3000)) == progress::waits);
        CHECK(waiting.why_failed().empty());
    }

    TEST_CASE("close: the client is told; there is nothing to tell before the handshake is done")
    {
        echo peer(texts{}.context());
        peer.server.close();
        CHECK(peer.server.take_for_peer().empty());
        REQUIRE(client{}.talk_to(peer).has_value());
        peer.server.close();
        CHECK(!peer.server.take_for_peer().empty());
        peer.server.close();
        CHECK(peer.server.take_for_peer().empty());
    }
}
