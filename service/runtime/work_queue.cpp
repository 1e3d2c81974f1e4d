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

std::optional<work_refusal> work_queue::refusal_of(work_origin const& from) const
{
    if (from.is_capped_caller() && count_of(in_flight_, from.caller()) >= limits_.of_caller)
        return work_refusal::caller;
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
    if (from.is_stranger()) {
        ++strangers_;
        ++of_peer_[from.peer()];
    }
}

/// Work no longer waits.
void work_queue::note_departure(work_origin const& from)
{
    if (!from.is_stranger())
        return;
    --strangers_;
    count_down(of_peer_, from.peer());
}

std::optional<work_refusal>
work_queue::add(std::unique_ptr<queued_work>& work, work_origin const& from, time_point now)
{
    expire(now);
    if (auto const why = refusal_of(from))
        return why;
    auto& mine = of(from.lane());
    auto const& other =
        of(from.lane() == work_lane::callers ? work_lane::strangers : work_lane::callers);
    if (mine.jobs.empty())  // it saved nothing while it had no work
        mine.virtual_time = std::max(mine.virtual_time, other.virtual_time);
    note_arrival(from);
    mine.jobs.push_back({std::move(work), from, now});
    return std::nullopt;
}

/// Takes out what waited too long. Strangers' work is in the order of its arrival, and the
/// service's own between it stays.
void work_queue::expire(time_point now)
{
    auto& jobs = of(work_lane::strangers).jobs;
    for (auto one = jobs.begin(); one != jobs.end() && now - one->since > limits_.age;) {
        if (!one->from.is_stranger()) {
            ++one;
            continue;
        }
        note_departure(one->from);
        late_.push_back(std::move(one->work));
        one = jobs.erase(one);
    }
}

void work_queue::refuse_waiting()
{
    for (auto& lane : lanes_) {
        for (auto one = lane.jobs.begin(); one != lane.jobs.end();) {
            if (one->from.is_service()) {
                ++one;
                continue;
            }
            note_departure(one->from);
            if (one->from.is_capped_caller())
                count_down(in_flight_, one->from.caller());
            late_.push_back(std::move(one->work));
            one = lane.jobs.erase(one);
        }
    }
}

/// The first job of somebody whose turn was not the last one, else the first one.
std::optional<work_queue::place> work_queue::next_in(lane_state& lane, taker may)
{
    std::optional<place> first;
    for (auto one = lane.jobs.begin(); one != lane.jobs.end(); ++one) {
        if (may == taker::short_work && !one->from.is_short())
            continue;
        if (!lane.served || !lane.served->is_same(one->from))
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
    return next;
}

void work_queue::ended(work_origin const& from, nanoseconds cpu)
{
    of(from.lane()).virtual_time += cpu / weights[static_cast<std::size_t>(from.lane())];
    if (from.is_capped_caller())
        count_down(in_flight_, from.caller());
}

}  // namespace service
