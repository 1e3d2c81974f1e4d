#include "service/process/service_manager.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <future>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

/// A socket that plays systemd's. Sets the variable while it lives.
class manager {
public:
    explicit manager(std::string const& name)
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        REQUIRE(::bind(socket_, reinterpret_cast<sockaddr const*>(&address), size) == 0);
        ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    }
    manager(manager const&) = delete;
    ~manager()
    {
        ::close(socket_);
        ::unsetenv("NOTIFY_SOCKET");
    }

    /// Sends it texts until it takes no more.
    void fill() const
    {
        int const sender = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        socklen_t size = sizeof address;
        REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        REQUIRE(::connect(sender, reinterpret_cast<sockaddr const*>(&address), size) == 0);
        while (::send(sender, "other", 5, MSG_DONTWAIT) == 5) {
        }
        ::close(sender);
    }

    std::string heard() const
    {
        char text[64];
        auto const size = ::recv(socket_, text, sizeof text, MSG_DONTWAIT);
        return size < 0 ? "" : std::string(text, static_cast<std::size_t>(size));
    }

private:
    int socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

}  // namespace

TEST_SUITE("service/process/service_manager")
{
    using service::tell_service_manager;

    TEST_CASE("tell_service_manager: a path where the manager listens -> it hears it")
    {
        auto const path = std::filesystem::temp_directory_path()
            / ("notify-" + std::to_string(::getpid()) + ".sock");
        {
            manager const asking(path.string());
            CHECK(tell_service_manager("READY=1") == "");
            CHECK(asking.heard() == "READY=1");
        }
        std::filesystem::remove(path);
    }

    TEST_CASE("tell_service_manager: the manager's queue is full -> waits until it reads")
    {
        auto const path = std::filesystem::temp_directory_path()
            / ("notify-" + std::to_string(::getpid()) + ".sock");
        {
            manager const busy(path.string());
            busy.fill();
            auto told =
                std::async(std::launch::async, [] { return tell_service_manager("READY=1"); });
            CHECK(told.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
            while (busy.heard() == "other") {
            }
            CHECK(told.get() == "");
        }
        std::filesystem::remove(path);
    }

    TEST_CASE("tell_service_manager: nobody asked -> nothing happens")
    {
        ::unsetenv("NOTIFY_SOCKET");
        CHECK(tell_service_manager("READY=1") == "");
    }

    TEST_CASE("tell_service_manager: an address that is none, or where nobody listens -> why")
    {
        for (auto const& name :
             {std::string("relative.sock"), std::string("@abstract"), "/" + std::string(200, 'a'),
              std::string("/nonexistent/notify.sock")}) {
            CAPTURE(name);
            ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
            CHECK(tell_service_manager("READY=1") != "");
        }
        ::unsetenv("NOTIFY_SOCKET");
    }
}
