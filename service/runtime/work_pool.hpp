#pragma once

#include "service/runtime/work_queue.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace service {

/// The threads that do expensive work; work_queue decides what they do next. With two or more
/// threads, one takes only callers' work, so that a caller never waits for a stranger's job. One more
/// takes only short work, so that this never waits for a long job.
class work_pool {
public:
    using nanoseconds = work_queue::nanoseconds;
    /// Who is told what happens to jobs; each may be empty.
    struct hooks {
        /// A job begins, on the thread that runs it.
        std::function<void(work_lane lane, nanoseconds waited)> on_begin{};
        /// The job has run, on the same thread: it may have nothing to do for long.
        std::function<void()> on_end{};
        /// Jobs are refused, on any thread; once for those that are found late together. Must not
        /// throw.
        std::function<void(work_lane lane, work_refusal why)> on_refused{};
        /// Somebody called visit(), on each of the pool's threads. Must not throw.
        std::function<void()> on_visit{};
    };

    work_pool(unsigned threads, work_queue::limits const& limits, hooks with);
    work_pool(unsigned threads, work_queue::limits const& limits)
        : work_pool(threads, limits, hooks{})
    {
    }
    work_pool(work_pool const&) = delete;
    work_pool& operator=(work_pool const&) = delete;
    ~work_pool() { join(); }

    /// Queues work, or refuses it: then it is delivered at once without having run. After join()
    /// everything is refused. From any thread.
    void submit(std::unique_ptr<queued_work> work, work_origin const& from);
    /// Refuses work that submit() would refuse because it is crowded, before the work is made: under
    /// overload that happens most often. From any thread.
    ///
    /// Returns  false: submit it, which may refuse it too.
    bool turns_away(work_origin const& from);
    /// Lets each thread call on_visit soon, also one that has nothing to do. From any thread.
    void visit();
    /// Other limits. What waits already stays.
    void change(work_queue::limits const& limits);
    /// Finishes what runs and the service's own work, refuses what waits, and ends the threads. From
    /// one thread.
    void join();

    /// For metrics; from any thread.
    std::size_t waiting(work_lane lane) const noexcept { return cell(lane).waiting; }
    std::uint64_t refusals(work_lane lane, work_refusal why) const noexcept
    {
        return cell(lane).refusals[static_cast<std::size_t>(why)];
    }
    nanoseconds cpu_time(work_lane lane) const noexcept
    {
        return nanoseconds(cell(lane).cpu_ns.load());
    }

private:
    struct figures {  // written under the guard; metrics read them without
        std::atomic<std::size_t> waiting{0};
        std::atomic<std::int64_t> cpu_ns{0};
        std::array<std::atomic<std::uint64_t>, work_refusals> refusals{};
    };
    using works = std::vector<work_queue::refused_work>;

    figures& cell(work_lane lane) noexcept { return figures_[static_cast<std::size_t>(lane)]; }
    figures const& cell(work_lane lane) const noexcept
    {
        return figures_[static_cast<std::size_t>(lane)];
    }
    void serve(work_queue::taker may);
    void finish(work_queue::turn next, std::unique_lock<std::mutex>& lock);
    void wait(work_queue::taker may, std::unique_lock<std::mutex>& lock);
    works late_work();
    void refuse_late(works const& late) const noexcept;
    void note_waiting() noexcept;
    void wake_for_waiting() noexcept;

    hooks const hooks_;
    std::array<figures, work_lanes> figures_;
    std::mutex guard_;
    work_queue queue_;
    bool is_closed_ = false;
    std::uint64_t visits_ = 0;             // that were asked for
    std::atomic<bool> is_crowded_{false};  // so that nobody takes the lock in vain
    bool is_reserved_idle_ = false;        // the thread that takes only callers' work sleeps
    std::condition_variable reserved_, others_, quick_;
    std::vector<std::thread> threads_;
};

}  // namespace service
