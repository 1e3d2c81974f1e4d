#include "core/crypto/digest.hpp"
#include "core/jws/make_jws.hpp"
#include "tests/bench/counted_memory.hpp"
#include "tests/service/live_service.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

using namespace tests;

namespace {

constexpr std::string_view issuer = "https://id.example.com/realms/bench";
constexpr std::size_t requests = 500;
// What else happens meanwhile, whatever the number of requests: the sweep's timer.
constexpr std::uint64_t unrelated_max = 25;

core::ring_key hs256_key()
{
    core::ring_key one;
    one.series = "peer";
    one.issuer = issuer;
    one.key.kid = "a-kid-that-is-longer-than-a-short-string";
    one.key.alg = "HS256";
    one.key.use = core::key_use::sig;
    one.key.material = core::crypto::generate(core::key_family::secret, 256).value();
    one.in_jwks = false;
    return one;
}

config::settings one_profile(core::ring_key key)
{
    auto with = live_settings();
    with.server.threads = 1;
    with.keys.push_back(std::move(key));
    config::verify_profile profile;
    profile.name = "default";
    profile.issuers = {"peer"};
    profile.audiences = {"api://orders"};
    profile.headers = {{"X-Auth-Subject", "sub"}, {"X-Auth-Scopes", "scope"}};
    with.verify_profiles["default"] = profile;
    return with;
}

std::string claims_of(std::size_t number)
{
    return R"({"iss":")" + std::string(issuer) + R"(","sub":"9a1b6e5e-27f5-4d54-9f5c-)"
        + std::to_string(100'000'000'000 + number)
        + R"(","aud":"api://orders","exp":4102444800,"nbf":1700000000,"iat":1700000000,)"
          R"("jti":"7f8d","azp":"web-frontend","name":"Example user","email":"user@example.com",)"
          R"("email_verified":true,"scope":"openid profile email orders:read orders:write",)"
          R"("realm_access":{"roles":["offline_access","uma_authorization","orders-admin"]},)"
          R"("resource_access":{"account":{"roles":["manage-account","view-profile"]}},"acr":"1"})";
}

/// GET /auth, each with a token of its own.
std::vector<std::string> auth_requests(core::ring_key const& key, std::size_t first)
{
    auto const signer = core::crypto::make_signer(
        key.key.material, *core::find_signature_algorithm("HS256"), false
    );
    auto const header = R"({"alg":"HS256","typ":"JWT","kid":")" + key.key.kid + "\"}";
    std::vector<core::jws_signing> const with{{header, signer.value().get()}};
    std::vector<std::string> made;
    for (std::size_t i = 0; i < requests; ++i) {
        auto const token = core::make_jws(
            with, core::as_bytes(claims_of(first + i)), core::serialization::compact, true, false
        );
        made.push_back(
            "GET /auth HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token.value()
            + "\r\n\r\n"
        );
    }
    return made;
}

/// A connection of a client that takes no memory.
class plain_connection {
public:
    explicit plain_connection(std::uint16_t port);
    ~plain_connection() { ::close(fd_); }
    plain_connection(plain_connection const&) = delete;

    /// The head of the answer to a request; it has no body.
    std::string_view exchange(std::string_view octets)
    {
        if (::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL) < 0)
            return {};
        std::size_t size = 0;
        while (size < octets_.size()) {
            auto const more = ::recv(fd_, octets_.data() + size, octets_.size() - size, 0);
            if (more <= 0)
                return {};
            size += static_cast<std::size_t>(more);
            std::string_view const got(octets_.data(), size);
            if (got.ends_with("\r\n\r\n"))
                return got;
        }
        return {};
    }

private:
    int fd_ = -1;
    std::array<char, 4096> octets_{};
};

plain_connection::plain_connection(std::uint16_t port)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    timeval const patience{5, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
}

/// How many of them are answered with 200; takes no memory itself.
std::size_t ask_all(plain_connection& by, std::vector<std::string> const& all)
{
    return static_cast<std::size_t>(std::ranges::count_if(all, [&](std::string const& one) {
        return by.exchange(one).starts_with("HTTP/1.1 200 OK\r\n");
    }));
}

}  // namespace

TEST_SUITE("bench/allocations")
{
    TEST_CASE("GET /auth: at most two allocations per request, each token once")
    {
        auto const key = hs256_key();
        live_service running(one_profile(key));
        plain_connection by(running.port());
        auto const first = auth_requests(key, 0), then = auth_requests(key, requests);
        REQUIRE(ask_all(by, first) == requests);  // buffers, verifiers and the event loop's memory

        counted_memory const memory;
        auto const good = ask_all(by, then);
        auto const pieces = memory.pieces();
        REQUIRE(good == requests);
        CHECK(pieces <= 2 * requests + unrelated_max);
    }
}
