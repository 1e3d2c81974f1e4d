#include "tests/service/live_service.hpp"

#include "core/base/ascii.hpp"
#include "core/json/json.hpp"
#include "core/keys/jwk.hpp"
#include "core/keys/jwk_write.hpp"
#include "service/http/request.hpp"
#include "service/observe/log.hpp"

#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace tests {

namespace {

config::address loopback()
{
    config::address at;
    at.host = "127.0.0.1";
    return at;
}

core::ring_key es256_key()
{
    core::ring_key one;
    one.series = "sig";
    one.issuer = "https://tokens.example.com";
    one.key.material = core::crypto::generate(core::key_family::p256, 0).value();
    one.key.alg = "ES256";
    one.key.use = core::key_use::sig;
    core::derive_kid(one.key);
    return one;
}

int open_client(int family, sockaddr const* to, socklen_t size)
{
    int const fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    timeval const patience{5, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(fd, to, size) != 0)
        throw std::runtime_error(std::string("connect: ") + std::strerror(errno));
    return fd;
}

}  // namespace

config::settings live_settings()
{
    config::settings with;
    config::listener data;
    data.address = loopback();
    data.endpoints = config::endpoints::all();
    with.server.listen = {data};
    with.server.threads = 2;
    with.server.drain_limit = config::seconds(5);
    with.admin.listen = {{.address = loopback()}};
    with.admin.probes = {{.address = loopback()}};
    with.issuer = "https://tokens.example.com";
    with.keys.push_back(es256_key());
    return with;
}

live_service::live_service(config::settings with, service::clock_function clock)
    : app_(std::move(with), std::move(clock))
{
    start();
    thread_ = std::thread([this] { app_.run(); });
}

live_service::live_service(config::settings with, service::load_function again)
    : app_(std::move(with))
{
    start();
    app_.reload_from({std::move(again)});
    thread_ = std::thread([this] { app_.run(); });
}

void live_service::start()
{
    service::start_log({.level = config::log_level::off, .format = config::log_format::json});
    app_.listen();
}

live_service::~live_service()
{
    app_.stop();
    app_.stop();
    wait_for_end();
}

void live_service::wait_for_end()
{
    if (thread_.joinable())
        thread_.join();
}

std::string answer::header(std::string_view name) const
{
    std::string_view rest = head;
    while (!rest.empty()) {
        auto const line = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(std::min(line.size() + 2, rest.size()));
        auto const colon = line.find(": ");
        if (colon != std::string_view::npos
            && core::equal_without_case(line.substr(0, colon), name))
            return std::string(line.substr(colon + 2));
    }
    return {};
}

connection::connection(std::uint16_t port)
{
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd_ = open_client(AF_INET, reinterpret_cast<sockaddr*>(&to), sizeof to);
}

connection::connection(std::string const& unix_path)
{
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, unix_path.data(), unix_path.size());
    fd_ = open_client(AF_UNIX, reinterpret_cast<sockaddr*>(&to), sizeof to);
}

connection::~connection()
{
    ::close(fd_);
}

void connection::send(std::string_view octets)
{
    while (!octets.empty()) {
        auto const sent = ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return;  // the server has closed: what it said can still be read
        octets.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool connection::fill()
{
    char piece[16384];
    auto const size = ::recv(fd_, piece, sizeof piece, 0);
    if (size > 0)
        buffered_.append(piece, static_cast<std::size_t>(size));
    return size > 0;
}

answer connection::receive(bool is_head)
{
    answer got;
    std::size_t end = 0;
    while ((end = buffered_.find("\r\n\r\n")) == std::string::npos)
        if (!fill())
            return got;
    got.head = buffered_.substr(0, end + 2);
    buffered_.erase(0, end + 4);
    got.status = static_cast<unsigned>(std::stoul(got.head.substr(9, 3)));
    auto const length = got.header("Content-Length");
    auto const size = is_head || length.empty() ? 0 : std::stoul(length);
    while (buffered_.size() < size)
        if (!fill())
            throw std::runtime_error("the body ended early");
    got.body = buffered_.substr(0, size);
    buffered_.erase(0, size);
    return got;
}

std::string connection::read_to_end()
{
    while (fill()) {
    }
    return std::exchange(buffered_, {});
}

bool connection::is_closed()
{
    char one = 0;
    return ::recv(fd_, &one, 1, 0) == 0 || errno == ECONNRESET;
}

void connection::finish_sending()
{
    ::shutdown(fd_, SHUT_WR);
}

std::string member(answer const& from, std::string_view name)
{
    auto const document = core::json::document::parse(from.body);
    if (!document)
        return "(no JSON)";
    auto const found = document->root().find(name);
    if (!found)
        return "(absent)";
    return std::string(found->is_string() ? found->string() : found->text());
}

answer ask(std::uint16_t port, std::string_view octets)
{
    connection one(port);
    return one.exchange(octets);
}

answer get(std::uint16_t port, std::string_view path, std::string_view more_fields)
{
    std::string text = "GET ";
    text.append(path).append(" HTTP/1.1\r\nHost: localhost\r\n").append(more_fields).append("\r\n");
    return ask(port, text);
}

std::string post_text(std::string_view path, std::string_view body, std::string_view more_fields)
{
    std::string text = "POST ";
    text.append(path).append(" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    return text.append(more_fields).append("\r\n").append(body);
}

}  // namespace tests
