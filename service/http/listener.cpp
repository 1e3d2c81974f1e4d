#include "service/http/listener.hpp"

#include "core/base/ip_address.hpp"
#include "service/http/socket_memory.hpp"
#include "service/runtime/startup_error.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <span>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace service::http {

namespace {

constexpr int backlog = 4096;  // the kernel cuts it to net.core.somaxconn

union socket_address {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
    sockaddr_un local;
    sockaddr_storage storage;
};

[[noreturn]] void fail(std::string const& where, std::string const& why)
{
    throw startup_error{"cannot listen on " + where + ": " + why};
}

[[noreturn]] void fail_errno(std::string const& where)
{
    fail(where, std::strerror(errno));
}

socklen_t read_ip(config::address const& at, socket_address& into)
{
    std::memset(&into, 0, sizeof into);
    if (::inet_pton(AF_INET, at.host.c_str(), &into.v4.sin_addr) == 1) {
        into.v4.sin_family = AF_INET;
        into.v4.sin_port = htons(at.port);
        return sizeof into.v4;
    }
    if (::inet_pton(AF_INET6, at.host.c_str(), &into.v6.sin6_addr) == 1) {
        into.v6.sin6_family = AF_INET6;
        into.v6.sin6_port = htons(at.port);
        return sizeof into.v6;
    }
    fail(at.text(), "this is not an IP address");
}

listening_socket open_socket(int family, std::string const& where)
{
    listening_socket made(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (made.fd() < 0)
        fail_errno(where);
    return made;
}

/// Whether the kernel has IPv6 at all. Without an IPv6 address, sockets on `[::]` still work.
bool has_ipv6()
{
    listening_socket const probe(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return probe.fd() >= 0 || errno != EAFNOSUPPORT;
}

void set_option(listening_socket const& on, int level, int name, int value)
{
    static_cast<void>(::setsockopt(on.fd(), level, name, &value, sizeof value));
}

listening_socket bind_tcp(
    config::address const& at, socket_address const& to, socklen_t size, bool is_first,
    families accepted
)
{
    auto made = open_socket(to.any.sa_family, at.text());
    set_option(made, SOL_SOCKET, SO_REUSEADDR, 1);  // TIME_WAIT of an earlier run
    set_option(made, IPPROTO_TCP, TCP_NODELAY, 1);  // accepted sockets inherit this and the next
    limit_buffers(made.fd(), false);
    if (to.any.sa_family == AF_INET6)
        set_option(made, IPPROTO_IPV6, IPV6_V6ONLY, accepted == families::both ? 0 : 1);
    if (!is_first)
        set_option(made, SOL_SOCKET, SO_REUSEPORT, 1);
    if (::bind(made.fd(), &to.any, size) != 0)
        fail_errno(at.text());
    if (is_first)
        set_option(made, SOL_SOCKET, SO_REUSEPORT, 1);
    if (::listen(made.fd(), backlog) != 0)
        fail_errno(at.text());
    return made;
}

std::uint16_t port_of(listening_socket const& one, socket_address& into)
{
    socklen_t size = sizeof into;
    static_cast<void>(::getsockname(one.fd(), &into.any, &size));
    return ntohs(into.any.sa_family == AF_INET ? into.v4.sin_port : into.v6.sin6_port);
}

socket_address unix_address(std::string const& path)
{
    socket_address to;
    std::memset(&to, 0, sizeof to);
    to.local.sun_family = AF_UNIX;
    if (path.size() >= sizeof to.local.sun_path)
        fail("unix:" + path, "the path is too long");
    std::memcpy(to.local.sun_path, path.data(), path.size());
    return to;
}

/// Removes a file that an ended process has left; anything else in the way stays.
void remove_stale(std::string const& path, socket_address const& to)
{
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0)
        return;
    if (!S_ISSOCK(found.st_mode))
        fail("unix:" + path, "there is a file that is not a socket");
    auto const probe = open_socket(AF_UNIX, "unix:" + path);
    if (::connect(probe.fd(), &to.any, sizeof to.local) == 0 || errno != ECONNREFUSED)
        fail("unix:" + path, "the address is already in use");
    static_cast<void>(::unlink(path.c_str()));
}

}  // namespace

listening_socket::~listening_socket()
{
    if (fd_ >= 0)
        ::close(fd_);
}

int listening_socket::release() noexcept
{
    return std::exchange(fd_, -1);
}

std::vector<listening_socket> listen_on_tcp(config::address& at, unsigned count, families accepted)
{
    if (accepted == families::both && !has_ipv6())
        at.host = "0.0.0.0";
    socket_address to;
    auto const size = read_ip(at, to);
    std::vector<listening_socket> all;
    all.push_back(bind_tcp(at, to, size, true, accepted));
    at.port = port_of(all.front(), to);
    while (all.size() < count)
        all.push_back(bind_tcp(at, to, size, false, accepted));
    return all;
}

listening_socket listen_on_unix(std::string const& path)
{
    auto const to = unix_address(path);
    remove_stale(path, to);
    auto made = open_socket(AF_UNIX, "unix:" + path);
    auto const old_mask = ::umask(0117);  // the file is never open to everyone
    auto const bound = ::bind(made.fd(), &to.any, sizeof to.local);
    ::umask(old_mask);
    if (bound != 0 || ::listen(made.fd(), backlog) != 0)
        fail_errno("unix:" + path);
    return made;
}

unix_socket_file::unix_socket_file(std::string path) : path_(std::move(path))
{
    struct stat found {};
    if (::lstat(path_.c_str(), &found) == 0) {
        device_ = found.st_dev;
        inode_ = found.st_ino;
    }
}

unix_socket_file::unix_socket_file(unix_socket_file&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), inode_(other.inode_)
{
}

unix_socket_file::~unix_socket_file()
{
    struct stat found {};
    if (!path_.empty() && ::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_
        && found.st_ino == inode_)
        static_cast<void>(::unlink(path_.c_str()));
}

listener_kind kind_of(listen_point const& at) noexcept
{
    switch (at.role) {
    case role::data:
        return at.settings.address.is_unix() ? listener_kind::unix_socket : listener_kind::data;
    case role::admin: return listener_kind::admin;
    case role::probes: return listener_kind::probes;
    }
    return listener_kind::data;
}

peer peer_of(int fd, bool is_unix)
{
    peer from;
    from.is_unix = is_unix;
    if (is_unix) {
        ucred who{};
        socklen_t size = sizeof who;
        // Unknown credentials match nobody: -1 is not a user's id.
        bool const is_known = ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0;
        from.uid = is_known ? who.uid : static_cast<std::uint32_t>(-1);
        from.gid = is_known ? who.gid : static_cast<std::uint32_t>(-1);
        from.group = group_of_user(from.uid);
        return from;
    }
    socket_address there;
    socklen_t size = sizeof there;
    if (::getpeername(fd, &there.any, &size) != 0)
        return from;
    core::ip_address address;
    if (there.any.sa_family == AF_INET) {
        std::memcpy(address.octets.data(), &there.v4.sin_addr, 4);
        from.group = group_of_ipv4(std::span(address.octets).first<4>());
    } else {
        address.size = 16;
        std::memcpy(address.octets.data(), &there.v6.sin6_addr, 16);
        from.group = group_of_ipv6(address.octets);
    }
    from.address = to_text(core::unmapped(address));
    return from;
}

}  // namespace service::http
