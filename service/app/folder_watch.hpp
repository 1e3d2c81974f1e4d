#pragma once

#include "service/runtime/async.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace service {

/// Tells when an entry of some folders has changed, by inotify. Folders and not files, because a
/// watched file that is replaced, or that a symbolic link no longer leads to, reports nothing any
/// more. On one thread.
class folder_watch {
public:
    /// Where there is no inotify, only time passes.
    explicit folder_watch(asio::io_context& on);
    folder_watch(folder_watch const&) = delete;
    folder_watch& operator=(folder_watch const&) = delete;

    /// Whether there is one.
    bool is_on() const noexcept { return events_.is_open(); }
    /// From now on these are watched, and no others. Those that do not exist report nothing. On any
    /// thread, as long as nobody waits.
    ///
    /// folders  sorted; there may be thousands.
    /// Returns  how many of them are not watched, because the system allows no more watches.
    std::size_t watch(std::vector<std::string> const& folders);
    /// Waits until something changes, at most `limit`. One wait at a time.
    ///
    /// Returns  whether something has changed.
    asio::awaitable<bool> wait(std::chrono::milliseconds limit);
    /// Ends a wait.
    void cancel();

private:
    void read_all();

    asio::posix::stream_descriptor events_;
    asio::steady_timer timer_;
    std::map<std::string, int> watched_;  // inotify's descriptors
};

}  // namespace service
