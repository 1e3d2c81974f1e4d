#include "service/net/resolver.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>

#include <arpa/inet.h>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace service::net {
namespace {

constexpr std::size_t threads_max = 8;  // a look-up can hang for up to half a minute
constexpr std::size_t waiting_max = 256;
constexpr std::size_t addresses_max = 16;  // of one name: more than one fetch tries

/// One look-up, shared by the thread that makes it and the coroutine that waits. The thread touches
/// nothing else and reports the end through an eventfd: the event loop may no longer exist by then.
class job {
public:
    job(std::string host, name_lookup lookup)
        : host_(std::move(host)), lookup_(std::move(lookup)),
          done_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
    {
    }
    job(job const&) = delete;
    job& operator=(job const&) = delete;
    ~job()
    {
        if (done_ >= 0)
            ::close(done_);
    }

    /// A descriptor that becomes readable at the end; the caller closes it. -1 = none available.
    int watch() const noexcept { return ::fcntl(done_, F_DUPFD_CLOEXEC, 0); }

    void run()
    {
        if (!is_wanted())
            return;
        auto found = lookup_(host_);
        {
            std::lock_guard const hold(lock_);
            found_ = std::move(found);
        }
        ::eventfd_write(done_, 1);
    }

    void abandon()
    {
        std::lock_guard const hold(lock_);
        wanted_ = false;
    }
    std::vector<core::ip_address> take()
    {
        std::lock_guard const hold(lock_);
        return std::move(found_);
    }

private:
    bool is_wanted()
    {
        std::lock_guard const hold(lock_);
        return wanted_;
    }

    std::string const host_;
    name_lookup const lookup_;
    int const done_;
    std::mutex lock_;
    bool wanted_ = true;
    std::vector<core::ip_address> found_;
};

/// The waiting jobs, and the number of threads that work on them. A thread ends when no job waits.
class queue : public std::enable_shared_from_this<queue> {
public:
    /// Returns  false when the job cannot be taken.
    bool submit(std::shared_ptr<job> what)
    {
        std::lock_guard const hold(lock_);
        if (waiting_.size() >= waiting_max)
            return false;
        waiting_.push_back(std::move(what));
        if (threads_ >= threads_max || start_thread() || threads_ > 0)
            return true;
        waiting_.pop_back();
        return false;
    }

private:
    bool start_thread()
    {
        try {
            std::thread([self = shared_from_this()] { self->work(); }).detach();
        } catch (std::system_error const&) {  // the process may not start more threads
            return false;
        }
        ++threads_;
        return true;
    }

    void work()
    {
        while (auto const next = take())
            next->run();
    }

    std::shared_ptr<job> take()
    {
        std::lock_guard const hold(lock_);
        if (waiting_.empty()) {
            --threads_;
            return nullptr;
        }
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        return next;
    }

    std::mutex lock_;
    std::deque<std::shared_ptr<job>> waiting_;
    std::size_t threads_ = 0;
};

/// Each thread owns it too: a look-up may outlast the process's static objects.
std::shared_ptr<queue> const& look_ups()
{
    static auto const all = std::make_shared<queue>();
    return all;
}

core::ip_address address_of(sockaddr const& socket)
{
    core::ip_address address;
    if (socket.sa_family == AF_INET) {
        auto const& ipv4 = reinterpret_cast<sockaddr_in const&>(socket);
        std::memcpy(address.octets.data(), &ipv4.sin_addr, sizeof ipv4.sin_addr);
        return address;
    }
    auto const& ipv6 = reinterpret_cast<sockaddr_in6 const&>(socket);
    address.size = 16;
    std::memcpy(address.octets.data(), &ipv6.sin6_addr, sizeof ipv6.sin6_addr);
    return address;
}

/// Releases a job on every way out, also when a waiting coroutine is destroyed.
struct job_holder {
    std::shared_ptr<job> held;
    ~job_holder() { held->abandon(); }
};

}  // namespace

std::vector<core::ip_address> system_lookup(std::string const& host)
{
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (::getaddrinfo(host.c_str(), nullptr, &wanted, &list) != 0)
        return {};
    std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> const owner(list, &::freeaddrinfo);
    std::vector<core::ip_address> found;
    for (auto const* one = list; one && found.size() < addresses_max; one = one->ai_next)
        if (one->ai_family == AF_INET || one->ai_family == AF_INET6)
            found.push_back(address_of(*one->ai_addr));
    return found;
}

asio::awaitable<std::vector<core::ip_address>> resolve(std::string host, name_lookup lookup)
{
    job_holder const job_of_ours{std::make_shared<job>(std::move(host), std::move(lookup))};
    auto const& held = job_of_ours.held;
    int const watched = held->watch();
    if (watched < 0)
        co_return std::vector<core::ip_address>();
    asio::posix::stream_descriptor done(co_await asio::this_coro::executor, watched);
    if (!look_ups()->submit(held))
        co_return std::vector<core::ip_address>();
    boost::system::error_code problem;
    co_await done.async_wait(
        asio::posix::stream_descriptor::wait_read,
        asio::redirect_error(asio::use_awaitable, problem)
    );
    if (problem)
        co_return std::vector<core::ip_address>();
    co_return held->take();
}

}  // namespace service::net
