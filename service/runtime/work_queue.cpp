#include "service/runtime/work_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace service {
namespace {

// in the order of the enumerations
constexpr std::array<std::string_view, work_lanes> lane_names{"callers", "strangers"};
constexpr std::array<std::string_view, work_refusals> refusal_names{
    "full", "age", "peer", "caller"};

template <class Key> std::size_t count_of(std::map<Key, std::size_t> const& in, Key const& key)
{
    auto const found = in.find(key);
    return found == in.end() ? 0 : found->second;
}

template <class Key> void count_down(std::map<Key, std::size_t>& in, Key const& key)
{
    auto const found = in.find(key);
    if (found != in.end() && --found->second == 0)
        in.erase(found);
}

}  // namespace

std::string_view to_string(work_lane lane) noexcept
{
    return lane_names[static_cast<std::size_t>(lane)];
}

std::string_view to_string(work_refusal why) noexcept
{
    return refusal_names[static_cast<std::size_t>(why)];
}

/// How many jobs of each of so many callers may wait while their queue is crowded.
std::size_t work_queue::share_of(std::size_t callers) const
{
    return std::max<std::size_t>(limits_.when_crowded / std::max<std::size_t>(callers, 1), 1);
}

/// Whether a caller has as many jobs that wait as it may while it is crowded.
bool work_queue::is_beyond_its_share(work_origin const& from, time_point now) const
{
    auto const& mine = crowd_of(from.is_short());
    if (from.is_continued() || !mine.state.is_crowded(now))
        return false;
    auto const waiting = count_of(mine.waiting, from.caller());
    return waiting >= share_of(mine.waiting.size() + (waiting == 0 ? 1 : 0));
}

std::optional<work_refusal> work_queue::refusal_of(work_origin const& from, time_point now) const
{
    if (from.is_capped_caller() && count_of(in_flight_, from.caller()) >= limits_.of_caller)
        return work_refusal::caller;
    if (from.lane() == work_lane::callers && is_beyond_its_share(from, now))
        return work_refusal::age;
    if (!from.is_stranger())
        return std::nullopt;
    if (strangers_ >= limits_.strangers)
        return work_refusal::full;
    auto const of_one_max = std::max<std::size_t>(limits_.strangers / 2, 1);
    if (count_of(of_peer_, from.peer()) >= of_one_max)
        return work_refusal::peer;
    return std::nullopt;
}

void work_queue::note_arrival(work_origin const& from)
{
    if (from.is_capped_caller())
        ++in_flight_[from.caller()];
    if (from.lane() == work_lane::callers)
        ++crowd_of(from.is_short()).waiting[from.caller()];
    if (from.is_stranger()) {
        ++strangers_;
        ++of_peer_[from.peer()];
    }
}

/// Work no longer waits.
void work_queue::note_departure(work_origin const& from)
{
    if (from.lane() == work_lane::callers)
        count_down(crowd_of(from.is_short()).waiting, from.caller());
    if (!from.is_stranger())
        return;
    --strangers_;
    count_down(of_peer_, from.peer());
}

/// Whether it is crowded follows from all that callers ask for.
void work_queue::note_request(work_origin const& from, time_point now)
{
    if (from.lane() != work_lane::callers)
        return;
    auto const& jobs = of(work_lane::callers).jobs;
    auto const oldest = std::ranges::find_if(jobs, [&](job const& one) {
        return one.from.is_short() == from.is_short();
    });
    auto const age_max = from.is_short() ? limits_.crowded_age : limits_.age;
    auto& state = crowd_of(from.is_short()).state;
    bool const was_crowded = state.is_crowded(now);
    state.came(oldest != jobs.end() && now - oldest->since > age_max, now);
    if (!was_crowded && state.is_crowded(now))
        shed(from.is_short());
}

/// Refuses what has waited longest, until each caller has its share. Who asked first has waited
/// in vain; else everybody would, until the queue is short again.
void work_queue::shed(bool is_short)
{
    auto& callers = of(work_lane::callers);
    auto const& waiting = crowd_of(is_short).waiting;
    auto const share = share_of(waiting.size());
    for (auto one = callers.jobs.begin(); one != callers.jobs.end();) {
        auto const& from = one->from;
        bool const stays = from.is_short() != is_short || from.is_continued()
            || count_of(waiting, from.caller()) <= share;
        one = stays ? std::next(one) : refuse(callers, one);
    }
}

std::optional<work_refusal>
work_queue::add(std::unique_ptr<queued_work>& work, work_origin const& from, time_point now)
{
    expire(now);
    note_request(from, now);
    if (auto const why = refusal_of(from, now)) {
        if (why == work_refusal::age)
            crowd_of(from.is_short()).state.refused(now);
        return why;
    }
    auto& mine = of(from.lane());
    auto const& other =
        of(from.lane() == work_lane::callers ? work_lane::strangers : work_lane::callers);
    if (mine.jobs.empty())  // it saved nothing while it had no work
        mine.virtual_time = std::max(mine.virtual_time, other.virtual_time);
    note_arrival(from);
    auto const others = [](job const& one) { return !one.from.is_service(); };
    auto const at = from.is_service() ? std::ranges::find_if(mine.jobs, others) : mine.jobs.end();
    mine.jobs.insert(at, {std::move(work), from, now});
    return std::nullopt;
}

bool work_queue::turns_away(work_origin const& from, time_point now)
{
    if (refusal_of(from, now) != work_refusal::age)
        return false;
    note_request(from, now);
    crowd_of(from.is_short()).state.refused(now);
    return true;
}

/// Takes out a job that waits.
///
/// Returns  the next one.
work_queue::place work_queue::refuse(lane_state& from, place at)
{
    note_departure(at->from);
    if (at->from.is_capped_caller())
        count_down(in_flight_, at->from.caller());
    late_.push_back({std::move(at->work), at->from.lane()});
    return from.jobs.erase(at);
}

/// Takes out what waited too long. Strangers' work is in the order of its arrival, and the
/// service's own before it stays.
void work_queue::expire(time_point now)
{
    auto& strangers = of(work_lane::strangers);
    auto& jobs = strangers.jobs;
    auto one = std::ranges::find_if(jobs, [](job const& any) { return any.from.is_stranger(); });
    while (one != jobs.end() && now - one->since > limits_.age)
        one = refuse(strangers, one);
}

void work_queue::refuse_waiting()
{
    for (auto& lane : lanes_) {
        for (auto one = lane.jobs.begin(); one != lane.jobs.end();)
            one = one->from.is_service() ? std::next(one) : refuse(lane, one);
    }
}

/// The service's own job, else the first job of somebody whose turn was not the last one, else the
/// first one.
std::optional<work_queue::place> work_queue::next_in(lane_state& lane, taker may)
{
    std::optional<place> first;
    for (auto one = lane.jobs.begin(); one != lane.jobs.end(); ++one) {
        if (may == taker::short_work && !one->from.is_short())
            continue;
        if (one->from.is_service() || !lane.served || !lane.served->is_same(one->from))
            return one;
        if (!first)
            first = one;
    }
    return first;
}

std::optional<work_lane> work_queue::next_lane(taker may)
{
    auto& callers = of(work_lane::callers);
    auto& strangers = of(work_lane::strangers);
    bool const has_callers = next_in(callers, may).has_value();
    if (may == taker::callers || !next_in(strangers, may))
        return has_callers ? std::optional(work_lane::callers) : std::nullopt;
    // Nobody is ahead: strangers, whose work may have waited for a long job of a caller.
    bool const is_behind = strangers.virtual_time <= callers.virtual_time;
    return is_behind || !has_callers ? work_lane::strangers : work_lane::callers;
}

std::optional<work_queue::turn> work_queue::take(taker may, time_point now)
{
    expire(now);
    auto const lane = next_lane(may);
    if (!lane)
        return std::nullopt;
    auto& from = of(*lane);
    auto const at = *next_in(from, may);
    turn next{std::move(at->work), at->from, now - at->since};
    from.jobs.erase(at);
    from.served = next.from;
    note_departure(next.from);
    if (*lane == work_lane::callers)
        crowd_of(next.from.is_short()).state.began();
    return next;
}

void work_queue::ended(work_origin const& from, nanoseconds cpu)
{
    of(from.lane()).virtual_time += cpu / weights[static_cast<std::size_t>(from.lane())];
    if (from.is_capped_caller())
        count_down(in_flight_, from.caller());
}

}  // namespace service
