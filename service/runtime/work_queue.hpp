#pragma once

#include "service/runtime/crowding.hpp"
#include "service/runtime/work_origin.hpp"

#include <array>
#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace service {

/// A piece of work for the pool, and the way back to those who wait for it.
class queued_work {
public:
    queued_work() = default;
    queued_work(queued_work const&) = delete;
    queued_work& operator=(queued_work const&) = delete;
    virtual ~queued_work() = default;

    /// Does the work and keeps what came of it. Called at most once, on a thread of the pool.
    virtual void run() noexcept = 0;
    /// Gives back what came of it, or that it was refused when it never ran. Called once, at the
    /// end, from any thread.
    virtual void deliver() noexcept = 0;
};

/// Decides which work the pool does next: callers' and strangers' wait in two queues. In each, the
/// callers or the peers take turns, and the work of one of them is first in first out.
///
/// The service's own work waits with strangers' and goes first there: a reload and new files of TLS
/// wait for no line of strangers, and there is little of it.
///
/// Strangers have few places, and one peer has half of them at most. What waited too long there is
/// refused, because its client has probably left. A caller has a limit of jobs in flight, waiting
/// and running. While it is crowded there, only few of their jobs may wait, shared evenly by the
/// callers that have some, at least one each: so the waits stay short, all threads have work, and
/// nobody's many jobs take another's place. When it becomes crowded, what has waited longest beyond
/// that is refused. Short work and long work are looked at apart, because a thread of its own keeps
/// the former from waiting for the latter.
///
/// The queues share the CPU time that the work really takes, callers 4 parts and strangers 1, while
/// both have work that waits. Each queue has a virtual time, which advances by the time spent,
/// divided by its weight; the queue that is behind goes next. A queue without waiting work saves
/// nothing: when work comes, its virtual time is brought up to the other's. So neither callers nor
/// strangers can stop the others, whatever they send.
///
/// Not for several threads at once; work_pool holds its lock.
class work_queue {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using nanoseconds = std::chrono::nanoseconds;

    struct limits {
        std::size_t strangers = 64;                 ///< jobs of strangers that wait
        nanoseconds age = std::chrono::seconds(1);  ///< how long they may
        std::size_t of_caller = 32;                 ///< jobs of one caller, waiting and running
        /// It is crowded when callers' short work waits longer than this, or long work than `age`.
        nanoseconds crowded_age = std::chrono::milliseconds(100);
        std::size_t when_crowded = 4;  ///< jobs of all callers that then wait, short ones and long
    };
    static constexpr std::array<int, work_lanes> weights{4, 1};

    explicit work_queue(limits const& with) : limits_(with) {}
    void change(limits const& with) { limits_ = with; }

    /// Puts work at the end of its queue.
    ///
    /// work     moved from, unless it is refused.
    /// Returns  why it is refused; nullopt = it waits.
    std::optional<work_refusal>
    add(std::unique_ptr<queued_work>& work, work_origin const& from, time_point now);

    /// Whether add() would refuse work because it is crowded. If so, it counts as refused.
    bool turns_away(work_origin const& from, time_point now);
    bool is_crowded(time_point now) const noexcept
    {
        return short_.state.is_crowded(now) || long_.state.is_crowded(now);
    }

    /// What a thread may take.
    enum class taker : std::uint8_t {
        everything,
        callers,     ///< never strangers' work
        short_work,  ///< of both, but nothing that may take long
    };
    struct turn {
        std::unique_ptr<queued_work> work;
        work_origin from;
        nanoseconds waited;
    };
    /// Takes the work that is next. Tell ended() when it is done.
    ///
    /// may      what the thread takes.
    std::optional<turn> take(taker may, time_point now);
    /// Charges the time that work took on its thread, and ends its place in its caller's limit.
    void ended(work_origin const& from, nanoseconds cpu);

    /// Takes out all that waits but the service's own work, when nobody will wait for it any more.
    void refuse_waiting();
    struct refused_work {
        std::unique_ptr<queued_work> work;
        work_lane lane;
    };
    /// What add(), take() and refuse_waiting() took out. The pool refuses it.
    std::vector<refused_work> take_late() { return std::exchange(late_, {}); }

    std::size_t waiting(work_lane lane) const noexcept { return of(lane).jobs.size(); }

private:
    struct job {
        std::unique_ptr<queued_work> work;
        work_origin from;
        time_point since;
    };
    struct lane_state {
        std::list<job> jobs;
        std::optional<work_origin> served{};  ///< whose turn was the last one
        nanoseconds virtual_time{0};
    };

    /// Callers' short or long work that waits.
    struct crowd {
        crowding state{};
        std::map<std::size_t, std::size_t> waiting{};  ///< by caller; no zeros
    };
    crowd& crowd_of(bool is_short) noexcept { return is_short ? short_ : long_; }
    crowd const& crowd_of(bool is_short) const noexcept { return is_short ? short_ : long_; }

    lane_state& of(work_lane lane) noexcept { return lanes_[static_cast<std::size_t>(lane)]; }
    lane_state const& of(work_lane lane) const noexcept
    {
        return lanes_[static_cast<std::size_t>(lane)];
    }
    using place = std::list<job>::iterator;
    void expire(time_point now);
    place refuse(lane_state& from, place at);
    void note_request(work_origin const& from, time_point now);
    void shed(bool is_short);
    std::size_t share_of(std::size_t callers) const;
    bool is_beyond_its_share(work_origin const& from, time_point now) const;
    std::optional<work_refusal> refusal_of(work_origin const& from, time_point now) const;
    void note_arrival(work_origin const& from);
    void note_departure(work_origin const& from);
    static std::optional<place> next_in(lane_state& lane, taker may);
    std::optional<work_lane> next_lane(taker may);

    limits limits_;
    std::array<lane_state, work_lanes> lanes_;
    std::size_t strangers_ = 0;                 // that wait; the service's own work is not counted
    std::map<work_peer, std::size_t> of_peer_;  // of these; no zeros
    std::map<std::size_t, std::size_t> in_flight_;  // of each caller; no zeros
    crowd long_, short_;
    std::vector<refused_work> late_;
};

}  // namespace service
