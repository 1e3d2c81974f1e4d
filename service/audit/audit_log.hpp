#pragma once

#include "config/values/settings.hpp"
#include "core/audit/quota.hpp"
#include "core/audit/record.hpp"
#include "service/audit/audit_file.hpp"
#include "service/runtime/clock.hpp"
#include "service/runtime/episode.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace service {

namespace asio = boost::asio;

/// What a record that somebody waits for is about.
enum class record_of : std::uint8_t {
    undone,  ///< what does not leave the service without it
    done,    ///< what cannot be taken back
};

/// The audit log: writes records in a thread of its own, all that wait at once. Callers' records and
/// those of the service are in one chain, strangers' in another one. From any thread, but where it
/// says otherwise.
class audit_log {
public:
    /// Opens the files. Throws startup_error when one cannot be opened.
    ///
    /// with     is on.
    explicit audit_log(config::audit_settings const& with, clock_function clock = system_now);
    ~audit_log() { close(); }
    audit_log(audit_log const&) = delete;
    audit_log& operator=(audit_log const&) = delete;

    /// Records what nobody waits for; the record is dropped and counted where there is no room.
    ///
    /// lane     not `needed`.
    void note(core::audit_lane lane, std::string members);
    /// Records, and waits until it is written. Name the coroutine before it is awaited.
    ///
    /// members  of at least one record: all of them are written, or none.
    /// of       what happens without the records: nothing, or it has happened already. What has
    ///          happened and is not recorded is counted as lost.
    /// Returns  whether they are. Also false when that is not known after audit.timeout: then they
    ///          may be written later.
    asio::awaitable<bool>
    record(std::vector<std::string> members, record_of of = record_of::undone);
    /// Whether nothing can be written now, so that a request that needs a record should not be begun.
    bool is_failing() const noexcept { return is_failing_.load(std::memory_order_relaxed); }

    /// Counts a request that was not begun because of that.
    void count_refusal();

    /// Four times a second: tries again what failed, syncs, and looks whether the files are there.
    void tick();
    /// Other settings; the file and the secret stay.
    void change(config::audit_settings const& with);
    /// Writes what waits and ends the thread. What comes later is refused. From one thread, while
    /// the event loops of those who wait exist.
    void close();

    /// For metrics.
    struct figures {
        std::array<std::uint64_t, 2> written{}, dropped{};  ///< of callers, of strangers
        std::uint64_t refused = 0;                          ///< records that a reply waited for
        std::uint64_t commits = 0, syncs = 0, octets = 0;
        std::uint64_t seq = 0;  ///< of callers' last record
        bool is_failing = false;
    };
    figures now() const;

private:
    struct waiter {
        waiter(asio::any_io_executor on, std::chrono::milliseconds longest)
            : executor(std::move(on)), timer(executor, longest)
        {
        }
        asio::any_io_executor executor;
        asio::steady_timer timer;  // touched only on the executor
        bool is_recorded = false;  // the same
    };
    using waiter_ptr = std::shared_ptr<waiter>;
    struct entry {
        core::audit_lane lane;
        std::vector<std::string> members;
        std::size_t octets;
        waiter_ptr waiting{};  // null = nobody
    };

    bool submit(entry&& one);
    void count_unqueued(std::size_t records);
    void serve();
    void write(std::vector<entry>& batch, bool is_due);
    void write_callers(std::vector<entry>& batch);
    void write_strangers(std::vector<entry>& batch);
    void write_piece(std::vector<std::string> const& members, std::size_t octets);
    bool begin_again();
    bool tell_lost();
    void note_failure();
    void note_lost(std::uint64_t records);
    static void tell(std::vector<waiter_ptr> all, bool is_recorded);

    clock_function const clock_;
    audit_file callers_, strangers_;  // of the thread
    std::uint64_t unreported_ = 0;    // records that are lost, and in no record `lost`; the same
    std::atomic<bool> is_failing_{false};
    std::atomic<std::int64_t> timeout_ms_;
    episode queue_full_, strangers_failing_;

    mutable std::mutex guard_;  // of what follows
    std::condition_variable wake_;
    core::audit_quota quota_;
    std::vector<entry> waiting_;
    std::optional<config::audit_settings> next_settings_;
    figures figures_;
    std::uint64_t unqueued_ = 0;  // callers' records without room, that the thread does not know of
    bool is_due_ = false, is_closing_ = false;
    std::thread thread_;
};

/// How much of the settings each chain follows.
audit_keeping keeping_of_callers(config::audit_settings const& from);
audit_keeping keeping_of_strangers(config::audit_settings const& from);

}  // namespace service
