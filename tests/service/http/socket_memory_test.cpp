#include "service/http/listener.hpp"
#include "service/http/socket_memory.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace service::http;
using namespace std::chrono_literals;

namespace {

/// Two ends that are connected; the second one is the service's.
struct ends {
    ends() = default;
    ends(ends const&) = delete;
    ~ends()
    {
        hang_up();
        ::close(ours);
    }
    void hang_up()
    {
        if (theirs >= 0)
            ::close(theirs);
        theirs = -1;
    }
    int theirs = -1, ours = -1;
};

void connect_tcp(ends& made)
{
    config::address at{"127.0.0.1", 0, {}};
    auto const all = listen_on_tcp(at, 1, families::one);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(at.port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    made.theirs = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int const small = 4096;
    ::setsockopt(made.theirs, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    REQUIRE(::connect(made.theirs, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
    pollfd ready{all.front().fd(), POLLIN, 0};
    REQUIRE(::poll(&ready, 1, 5000) == 1);
    made.ours = ::accept4(all.front().fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    REQUIRE(made.ours >= 0);
}

void connect_unix(ends& made)
{
    std::array<int, 2> both{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, both.data()) == 0);
    made.theirs = both[0];
    made.ours = both[1];
    limit_buffers(made.ours, true);
}

int option(int socket, int level, int name)
{
    int value = -1;
    socklen_t size = sizeof value;
    CHECK(::getsockopt(socket, level, name, &value, &size) == 0);
    return value;
}

/// How many octets the kernel takes for a peer that reads nothing.
std::size_t fill(int socket)
{
    std::array<char, 1000> const piece{};
    std::size_t all = 0;
    for (;;) {
        auto const sent = ::send(socket, piece.data(), piece.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return all;
        all += static_cast<std::size_t>(sent);
    }
}

void read_all(int socket, std::size_t count)
{
    std::array<char, 4096> piece{};
    while (count != 0) {
        pollfd ready{socket, POLLIN, 0};
        REQUIRE(::poll(&ready, 1, 5000) == 1);
        auto const got = ::recv(socket, piece.data(), piece.size(), 0);
        REQUIRE(got > 0);
        count -= static_cast<std::size_t>(got);
    }
}

/// The peer's kernel may acknowledge a little later.
bool becomes_empty(int socket, bool is_unix)
{
    for (int i = 0; i < 500 && memory_of_unread(socket, is_unix) != 0; ++i)
        ::poll(nullptr, 0, 10);
    return memory_of_unread(socket, is_unix) == 0;
}

}  // namespace

TEST_SUITE("service/http/socket_memory")
{
    TEST_CASE("limit_buffers: connections to a TCP listener inherit it, in both directions")
    {
        ends tcp;
        connect_tcp(tcp);
        for (auto const name : {SO_SNDBUF, SO_RCVBUF})
            CHECK(option(tcp.ours, SOL_SOCKET, name) == 2 * socket_buffer_octets);
        CHECK(option(tcp.ours, IPPROTO_TCP, TCP_MAXSEG) <= segment_octets);
    }

    TEST_CASE("limit_silence: it is set")
    {
        ends tcp;
        connect_tcp(tcp);
        limit_silence(tcp.ours, 10s);
        CHECK(option(tcp.ours, IPPROTO_TCP, TCP_USER_TIMEOUT) == 10'000);
    }

    TEST_CASE("memory_of_unread: what the peer has not read is little, and 0 once it has read all")
    {
        for (bool const is_unix : {false, true}) {
            CAPTURE(is_unix);
            ends both;
            is_unix ? connect_unix(both) : connect_tcp(both);
            CHECK(memory_of_unread(both.ours, is_unix) == 0);
            auto const sent = fill(both.ours);
            CHECK(sent > 20'000);
            CHECK(memory_of_unread(both.ours, is_unix) > 20'000);
            CHECK(memory_of_unread(both.ours, is_unix) < 3 * socket_buffer_octets);
            read_all(both.theirs, sent);
            CHECK(becomes_empty(both.ours, is_unix));
        }
    }

    TEST_CASE("memory_of_unread: of a peer that has left without reading, and of no socket -> 0")
    {
        for (bool const is_unix : {false, true}) {
            CAPTURE(is_unix);
            ends both;
            is_unix ? connect_unix(both) : connect_tcp(both);
            fill(both.ours);
            both.hang_up();
            CHECK(becomes_empty(both.ours, is_unix));
            CHECK(memory_of_unread(-1, is_unix) == 0);
        }
    }

    TEST_CASE("drop_unread_at_close: the peer gets a reset, not the rest")
    {
        ends tcp;
        connect_tcp(tcp);
        auto const sent = fill(tcp.ours);
        drop_unread_at_close(tcp.ours);
        ::close(std::exchange(tcp.ours, -1));
        std::array<char, 4096> piece{};
        std::size_t all = 0;
        ssize_t got = 0;
        while ((got = ::recv(tcp.theirs, piece.data(), piece.size(), 0)) > 0)
            all += static_cast<std::size_t>(got);
        CHECK(got < 0);
        CHECK(errno == ECONNRESET);
        CHECK(all < sent);
    }
}
