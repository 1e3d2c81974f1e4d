#include "service/audit/audit_log.hpp"

#include "service/observe/log.hpp"
#include "service/runtime/startup_error.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace service {
namespace {

using core::audit_lane;

/// Half of the shortest file that strangers may have.
constexpr std::size_t strangers_piece = 32U * 1024U;

/// The place of a lane among the figures: what is needed is callers'.
std::size_t figure_of(audit_lane lane) noexcept
{
    return lane == audit_lane::strangers ? 1 : 0;
}

std::size_t octets_of(std::vector<std::string> const& members) noexcept
{
    constexpr std::size_t overhead = 160;  // of the chain
    std::size_t sum = 0;
    for (auto const& one : members)
        sum += one.size() + overhead;
    return sum;
}

}  // namespace

audit_keeping keeping_of_callers(config::audit_settings const& from)
{
    return {from.file, from.fsync, from.file_bytes, from.files, false};
}

/// Nothing waits for a stranger's record, so it is never synced before somebody is told.
audit_keeping keeping_of_strangers(config::audit_settings const& from)
{
    auto const sync =
        from.fsync == config::audit_sync::never ? from.fsync : config::audit_sync::interval;
    return {from.file + ".strangers", sync, from.stranger_bytes / 2, 0, true};
}

audit_log::audit_log(config::audit_settings const& with, clock_function clock)
    : clock_(std::move(clock)), callers_(keeping_of_callers(with), with.secret),
      strangers_(keeping_of_strangers(with), with.secret), timeout_ms_(with.timeout.count()),
      quota_(with.queue_bytes)
{
    for (auto* const one : {&callers_, &strangers_}) {
        if (!one->open(clock_()))
            throw startup_error{"the audit log cannot be opened: " + one->problem()};
    }
    figures_.seq = callers_.last().seq;
    thread_ = std::thread([this] { serve(); });
}

bool audit_log::submit(entry&& one)
{
    {
        std::scoped_lock const lock(guard_);
        if (is_closing_ || !quota_.take(one.lane, one.octets))
            return false;
        waiting_.push_back(std::move(one));
    }
    wake_.notify_one();
    return true;
}

void audit_log::note(audit_lane lane, std::string members)
{
    entry one{lane, {}, 0};
    one.members.push_back(std::move(members));
    one.octets = octets_of(one.members);
    if (submit(std::move(one)))
        return;
    if (lane == audit_lane::strangers) {
        std::scoped_lock const lock(guard_);
        ++figures_.dropped[figure_of(lane)];
    } else {
        count_unqueued(1);
    }
    if (queue_full_.begins(std::chrono::steady_clock::now()))
        log_warn("audit_dropped", {{"strangers", lane == audit_lane::strangers}});
}

/// The next record `lost` says that they are not there.
void audit_log::count_unqueued(std::size_t records)
{
    std::scoped_lock const lock(guard_);
    figures_.dropped[0] += records;
    unqueued_ += records;
}

asio::awaitable<bool> audit_log::record(std::vector<std::string> members, record_of of)
{
    std::chrono::milliseconds const longest(timeout_ms_.load(std::memory_order_relaxed));
    auto const executor = co_await asio::this_coro::executor;
    auto const waiting = std::make_shared<waiter>(executor, longest);
    entry one{audit_lane::needed, std::move(members), 0, waiting};
    one.octets = octets_of(one.members);
    auto const count = one.members.size();
    bool const is_done = of == record_of::done;
    bool const is_submitted = (is_done || !is_failing()) && submit(std::move(one));
    if (!is_submitted && is_done)
        count_unqueued(count);
    if (is_submitted) {
        // Resumed by `tell`, which ends the timer, or by the timer itself.
        boost::system::error_code ignored;
        co_await waiting->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (!waiting->is_recorded && !is_done) {
        std::scoped_lock const lock(guard_);
        figures_.refused += count;
    }
    co_return waiting->is_recorded;
}

void audit_log::count_refusal()
{
    std::scoped_lock const lock(guard_);
    ++figures_.refused;
}

void audit_log::tick()
{
    {
        std::scoped_lock const lock(guard_);
        is_due_ = true;
    }
    wake_.notify_one();
}

void audit_log::change(config::audit_settings const& with)
{
    timeout_ms_ = with.timeout.count();
    std::scoped_lock const lock(guard_);
    quota_.change(with.queue_bytes);
    next_settings_ = with;
}

void audit_log::close()
{
    {
        std::scoped_lock const lock(guard_);
        is_closing_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable())
        thread_.join();
}

audit_log::figures audit_log::now() const
{
    std::scoped_lock const lock(guard_);
    auto shown = figures_;
    shown.is_failing = is_failing();
    return shown;
}

void audit_log::serve()
{
    std::unique_lock lock(guard_);
    for (;;) {
        wake_.wait(lock, [this] { return is_closing_ || is_due_ || !waiting_.empty(); });
        auto batch = std::exchange(waiting_, {});
        bool const is_due = std::exchange(is_due_, false);
        bool const is_last = is_closing_;  // nothing can be added any more
        auto const settings = std::exchange(next_settings_, std::nullopt);
        unreported_ += std::exchange(unqueued_, 0);
        lock.unlock();
        if (settings) {
            callers_.change(keeping_of_callers(*settings));
            strangers_.change(keeping_of_strangers(*settings));
        }
        write(batch, is_due);
        if (is_last) {
            callers_.close();
            strangers_.close();
        }
        lock.lock();
        for (auto const& one : batch)
            quota_.give_back(one.lane, one.octets);
        figures_.seq = callers_.last().seq;
        figures_.syncs = callers_.syncs() + strangers_.syncs();
        if (is_last)
            return;
    }
}

/// Without the lock. Callers first: somebody may wait for them.
void audit_log::write(std::vector<entry>& batch, bool is_due)
{
    auto const strangers = std::ranges::stable_partition(batch, [](entry const& one) {
        return one.lane != audit_lane::strangers;
    });
    std::vector<entry> theirs(
        std::make_move_iterator(strangers.begin()), std::make_move_iterator(strangers.end())
    );
    std::vector<entry> ours(
        std::make_move_iterator(batch.begin()), std::make_move_iterator(strangers.begin())
    );
    if (is_due) {
        bool const is_well = callers_.is_open() ? callers_.look_after(clock_()) : begin_again();
        if (!is_well)
            note_failure();
        if (strangers_.is_open())
            static_cast<void>(strangers_.look_after(clock_()));
        else
            static_cast<void>(strangers_.open(clock_()));
    }
    bool const is_reported = unreported_ == 0 || !callers_.is_open() || tell_lost();
    if (!is_reported)
        note_failure();
    if (!ours.empty())
        write_callers(ours);
    if (!theirs.empty())
        write_strangers(theirs);
}

void audit_log::write_callers(std::vector<entry>& batch)
{
    std::vector<std::string> members;
    std::vector<waiter_ptr> waiting;
    std::size_t octets = 0;
    for (auto& one : batch) {
        std::ranges::move(one.members, std::back_inserter(members));
        octets += one.octets;
        if (one.waiting)
            waiting.push_back(std::move(one.waiting));
    }
    bool const is_written = callers_.append(members, clock_());
    if (is_written) {
        std::scoped_lock const lock(guard_);
        figures_.written[0] += members.size();
        figures_.octets += octets;
        ++figures_.commits;
        figures_.seq = callers_.last().seq;  // before anybody is told
    } else {
        note_failure();
        note_lost(members.size());
    }
    tell(std::move(waiting), is_written);
}

/// In pieces, so that a file is never longer than it may be, however much came at once.
void audit_log::write_strangers(std::vector<entry>& batch)
{
    std::vector<std::string> members;
    std::size_t octets = 0;
    for (auto& one : batch) {
        if (!members.empty() && octets + one.octets > strangers_piece) {
            write_piece(members, octets);
            members.clear();
            octets = 0;
        }
        std::ranges::move(one.members, std::back_inserter(members));
        octets += one.octets;
    }
    write_piece(members, octets);
}

void audit_log::write_piece(std::vector<std::string> const& members, std::size_t octets)
{
    bool const is_written = strangers_.append(members, clock_());
    if (!is_written && strangers_failing_.begins(std::chrono::steady_clock::now()))
        log_warn(
            "audit_dropped", {{"strangers", true}, {"reason", own_text{strangers_.problem()}}}
        );
    std::scoped_lock const lock(guard_);
    (is_written ? figures_.written : figures_.dropped)[1] += members.size();
    if (is_written)
        figures_.octets += octets;
}

/// Those that nobody waited for are dropped; the others were never done.
void audit_log::note_lost(std::uint64_t records)
{
    unreported_ += records;
    std::scoped_lock const lock(guard_);
    figures_.dropped[0] += records;
}

/// Opens the file again, and says in it how many records are not there.
bool audit_log::begin_again()
{
    auto const lost = unreported_;
    if (!callers_.open(clock_()) || (lost != 0 && !tell_lost()))
        return false;
    if (is_failing_.exchange(false))
        log_info("audit_recovered", {{"lost", lost}});
    return true;
}

/// Says in the open file how many records are not there.
bool audit_log::tell_lost()
{
    core::audit_note const none;
    core::audit_record record{core::audit_event::lost, clock_(), none};
    auto const more = "\"records\":" + std::to_string(unreported_);
    record.more = more;
    std::vector<std::string> const members{members_of(record)};
    if (!callers_.append(members, clock_()))
        return false;
    unreported_ = 0;
    return true;
}

/// Once until it is over.
void audit_log::note_failure()
{
    if (!is_failing_.exchange(true))
        log_error("audit_failing", {{"reason", own_text{callers_.problem()}}});
}

/// Resumes those who wait, with one message for each event loop.
void audit_log::tell(std::vector<waiter_ptr> all, bool is_recorded)
{
    while (!all.empty()) {
        auto const executor = all.front()->executor;
        auto const others = std::ranges::stable_partition(all, [&](waiter_ptr const& one) {
            return one->executor == executor;
        });
        std::vector<waiter_ptr> here(
            std::make_move_iterator(all.begin()), std::make_move_iterator(others.begin())
        );
        all.erase(all.begin(), others.begin());
        auto resume = [here = std::move(here), is_recorded] {
            for (auto const& one : here) {
                one->is_recorded = is_recorded;
                one->timer.cancel();
            }
        };
        asio::post(executor, std::move(resume));
    }
}

}  // namespace service
