#pragma once

#include "config/values/settings.hpp"
#include "service/http/request.hpp"
#include "service/observe/metrics.hpp"

#include <cstdint>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace service::http {

/// A listening socket by its descriptor, until an acceptor takes it over.
class listening_socket {
public:
    explicit listening_socket(int fd) noexcept : fd_(fd) {}
    listening_socket(listening_socket&& other) noexcept : fd_(other.release()) {}
    listening_socket& operator=(listening_socket&&) = delete;
    ~listening_socket();
    int fd() const noexcept { return fd_; }
    int release() noexcept;

private:
    int fd_;
};

/// Whether sockets on `[::]` accept IPv4 too: see config::accepts_both_families.
enum class families : std::uint8_t { one, both };

/// Binds `count` sockets to one TCP address; the kernel spreads connections among them.
///
/// at       an IP address; port 0 becomes the port that was found. `[::]` for both families becomes
///          0.0.0.0 on a machine without IPv6, because it means every address that there is.
/// Throws   startup_error when it is not an address, or is in use: the first socket binds without
///          SO_REUSEPORT, because with it a second instance would silently take half the
///          connections, with other keys.
std::vector<listening_socket> listen_on_tcp(config::address& at, unsigned count, families accepted);

/// A socket file that is removed with this object, unless another process has put its own there.
class unix_socket_file {
public:
    explicit unix_socket_file(std::string path);
    unix_socket_file(unix_socket_file&& other) noexcept;
    unix_socket_file& operator=(unix_socket_file&&) = delete;
    ~unix_socket_file();

private:
    std::string path_;
    std::uint64_t device_ = 0, inode_ = 0;
};

/// Binds a Unix socket of mode 0660. A stale file (no process listens on it) is replaced.
/// Throws   startup_error when a process listens there, the path is not a socket, or binding fails.
listening_socket listen_on_unix(std::string const& path);

/// The kind of a listener, for metrics and the log.
listener_kind kind_of(listen_point const& at) noexcept;

/// Who connected: the address of a TCP peer, the credentials of a Unix peer. An IPv4 peer of a
/// socket for both families has its IPv4 address.
peer peer_of(int fd, bool is_unix);

}  // namespace service::http
