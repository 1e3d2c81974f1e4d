#include "service/app/folder_watch.hpp"

#include <boost/asio/redirect_error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/inotify.h>
#include <unistd.h>

namespace service {
namespace {

using boost::system::error_code;

/// Not what is written to an open file: it is whole when it is closed. Folders that are moved or
/// removed, and owners and modes, which decide whether a file is trusted, are told too.
constexpr std::uint32_t changes = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE
    | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

}  // namespace

folder_watch::folder_watch(asio::io_context& on) : events_(on), timer_(on)
{
    auto const descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    error_code ignored;
    if (descriptor >= 0)
        events_.assign(descriptor, ignored);
}

std::size_t folder_watch::watch(std::vector<std::string> const& folders)
{
    if (!events_.is_open())
        return 0;
    auto const inotify = events_.native_handle();
    std::erase_if(watched_, [&](auto const& one) {
        bool const is_wanted = std::ranges::binary_search(folders, one.first);
        if (!is_wanted)
            ::inotify_rm_watch(inotify, one.second);
        return !is_wanted;
    });
    std::size_t left_out = 0;
    for (auto const& folder : folders) {
        // Again for those that are watched: another folder may have the name by now.
        auto const made = ::inotify_add_watch(inotify, folder.c_str(), changes | IN_ONLYDIR);
        bool const is_one_too_many = made < 0 && (errno == ENOSPC || errno == ENOMEM);
        left_out += is_one_too_many ? 1 : 0;
        if (made >= 0)
            watched_.insert_or_assign(folder, made);
        else
            watched_.erase(folder);
    }
    return left_out;
}

asio::awaitable<bool> folder_watch::wait(std::chrono::milliseconds limit)
{
    error_code problem;
    timer_.expires_after(limit);
    if (!events_.is_open()) {
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, problem));
        co_return false;
    }
    timer_.async_wait([this](error_code ended) {
        error_code ignored;
        if (!ended)
            events_.cancel(ignored);
    });
    co_await events_.async_wait(
        asio::posix::stream_descriptor::wait_read,
        asio::redirect_error(asio::use_awaitable, problem)
    );
    timer_.cancel();
    if (problem)
        co_return false;
    read_all();
    co_return true;
}

void folder_watch::cancel()
{
    error_code ignored;
    timer_.cancel();
    if (events_.is_open())
        events_.cancel(ignored);
}

/// What exactly has happened does not matter: the files are looked at.
void folder_watch::read_all()
{
    std::array<char, 4096> octets{};
    while (::read(events_.native_handle(), octets.data(), octets.size()) > 0) {
    }
}

}  // namespace service
