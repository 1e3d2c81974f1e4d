#include "service/runtime/work_pool.hpp"

#include "service/runtime/thread_turns.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

namespace service {
namespace {

using clock = std::chrono::steady_clock;

/// The CPU time of this thread so far.
std::chrono::nanoseconds thread_time() noexcept
{
    timespec at{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec);
}

void deliver_all(std::vector<work_queue::refused_work> const& refused) noexcept
{
    for (auto const& one : refused)
        one.work->deliver();
}

}  // namespace

work_pool::work_pool(unsigned threads, work_queue::limits const& limits, hooks with)
    : hooks_(std::move(with)), queue_(limits)
{
    try {
        for (unsigned i = 0; i < threads; ++i)
            threads_.emplace_back([this, is_reserved = i == 0 && threads > 1] {
                serve(is_reserved ? work_queue::taker::callers : work_queue::taker::everything);
            });
        threads_.emplace_back([this] { serve(work_queue::taker::short_work); });
    } catch (...) {  // the system allows no more threads
        join();
        throw;
    }
}

void work_pool::submit(std::unique_ptr<queued_work> work, work_origin const& from)
{
    works late;
    std::optional<work_refusal> why;
    {
        std::scoped_lock const lock(guard_);
        if (!is_closed_) {
            auto const now = clock::now();
            why = queue_.add(work, from, now);
            is_crowded_ = queue_.is_crowded(now);
            if (why)
                ++cell(from.lane()).refusals[static_cast<std::size_t>(*why)];
            late = late_work();
            note_waiting();
            if (!why && from.is_short())
                quick_.notify_one();
            wake_for_waiting();
        }
    }
    refuse_late(late);
    if (why && hooks_.on_refused)
        hooks_.on_refused(from.lane(), *why);
    if (work)
        work->deliver();
}

bool work_pool::turns_away(work_origin const& from)
{
    if (!is_crowded_.load(std::memory_order_relaxed))
        return false;
    {
        std::scoped_lock const lock(guard_);
        if (is_closed_ || !queue_.turns_away(from, clock::now()))
            return false;
        ++cell(from.lane()).refusals[static_cast<std::size_t>(work_refusal::age)];
    }
    if (hooks_.on_refused)
        hooks_.on_refused(from.lane(), work_refusal::age);
    return true;
}

void work_pool::visit()
{
    {
        std::scoped_lock const lock(guard_);
        ++visits_;
    }
    for (auto* const all : {&reserved_, &others_, &quick_})
        all->notify_all();
}

void work_pool::change(work_queue::limits const& limits)
{
    std::scoped_lock const lock(guard_);
    queue_.change(limits);
}

void work_pool::join()
{
    works refused;
    {
        std::scoped_lock const lock(guard_);
        is_closed_ = true;
        queue_.refuse_waiting();
        refused = queue_.take_late();
        note_waiting();
    }
    deliver_all(refused);
    for (auto* const all : {&reserved_, &others_, &quick_})
        all->notify_all();
    for (auto& one : threads_)
        one.join();
    threads_.clear();
}

void work_pool::serve(work_queue::taker may)
{
    give_way();
    std::uint64_t visited = 0;
    std::unique_lock lock(guard_);
    for (;;) {
        if (std::exchange(visited, visits_) != visits_ && hooks_.on_visit) {
            lock.unlock();
            hooks_.on_visit();
            lock.lock();
            continue;  // work may have come meanwhile, and nobody was woken for it
        }
        auto next = queue_.take(may, clock::now());
        auto const late = late_work();
        note_waiting();
        if (!late.empty()) {
            lock.unlock();
            refuse_late(late);
            lock.lock();
        }
        if (next)
            finish(std::move(*next), lock);
        else if (late.empty() && is_closed_)
            return;
        else if (late.empty())
            wait(may, lock);
    }
}

/// Runs work. It is delivered after it was charged: whoever learns that it ended may submit more.
void work_pool::finish(work_queue::turn next, std::unique_lock<std::mutex>& lock)
{
    wake_for_waiting();
    lock.unlock();
    if (hooks_.on_begin)
        hooks_.on_begin(next.from.lane(), next.waited);
    auto const before = thread_time();
    next.work->run();
    if (hooks_.on_end)
        hooks_.on_end();
    auto const spent = thread_time() - before;
    lock.lock();
    queue_.ended(next.from, spent);
    cell(next.from.lane()).cpu_ns += spent.count();
    lock.unlock();
    next.work->deliver();
    next.work.reset();
    lock.lock();
}

void work_pool::wait(work_queue::taker may, std::unique_lock<std::mutex>& lock)
{
    if (may == work_queue::taker::short_work)
        return quick_.wait(lock);
    if (may == work_queue::taker::everything)
        return others_.wait(lock);
    is_reserved_idle_ = true;
    reserved_.wait(lock);
    is_reserved_idle_ = false;
}

/// What the queue found to be too old, counted; it is delivered without the lock.
work_pool::works work_pool::late_work()
{
    auto late = queue_.take_late();
    for (auto const& one : late)
        ++cell(one.lane).refusals[static_cast<std::size_t>(work_refusal::age)];
    return late;
}

void work_pool::refuse_late(works const& late) const noexcept
{
    for (auto const lane : {work_lane::callers, work_lane::strangers}) {
        bool const has_some = std::ranges::count(late, lane, &work_queue::refused_work::lane) > 0;
        if (has_some && hooks_.on_refused)
            hooks_.on_refused(lane, work_refusal::age);
    }
    deliver_all(late);
}

void work_pool::note_waiting() noexcept
{
    cell(work_lane::callers).waiting = queue_.waiting(work_lane::callers);
    cell(work_lane::strangers).waiting = queue_.waiting(work_lane::strangers);
}

/// Wakes a thread that may take what waits; each thread that takes work wakes the next one.
void work_pool::wake_for_waiting() noexcept
{
    auto const callers = queue_.waiting(work_lane::callers);
    if (callers > 0 && is_reserved_idle_) {
        is_reserved_idle_ = false;
        reserved_.notify_one();
        if (callers == 1 && queue_.waiting(work_lane::strangers) == 0)
            return;
    }
    if (callers + queue_.waiting(work_lane::strangers) > 0)
        others_.notify_one();
}

}  // namespace service
