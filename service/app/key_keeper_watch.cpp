#include "config/sections/rotated_keys.hpp"
#include "service/app/key_keeper.hpp"
#include "service/app/pause.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/thread_turns.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace service {
namespace {

using std::chrono::milliseconds;

/// How often keys of the configuration are looked at: they only stop signing at their times.
constexpr milliseconds idle_period{1000};
/// A turn lists the folders of rotated series; when it waits for its disk, looks list them.
constexpr milliseconds slow_turn = 2 * key_keeper::period;

}  // namespace

key_keeper::findings key_keeper::look(settings_ptr const& with, bool lists_series)
{
    go_first();  // a revocation must not wait for the work of strangers
    findings found;
    read_state(with->state_dir, found);
    if (!lists_series)
        return found;
    for (auto const& [series, one] : with->rotation) {
        auto const newest = config::newest_generation(one);
        auto const* const generation = std::get_if<std::uint64_t>(&newest);
        if (generation == nullptr)
            continue;  // a turn tells why
        found.newest.emplace(series, *generation);
    }
    return found;
}

key_keeper::outcomes key_keeper::take_turns_of(settings_ptr const& with)
{
    go_first();
    outcomes made;
    for (auto const& [series, one] : with->rotation)
        made.emplace(series, turn(one, key_directory::request::nothing));
    return made;
}

/// One line when something begins to fail, and one when it is over.
void key_keeper::note_problem(
    std::string const& what, std::string_view event, std::string const& why
)
{
    auto& last = told_[what];
    if (last == why)
        return;
    last = why;
    if (why.empty())
        log_info("keys_recovered", {{"what", own_text{what}}});
    else
        log_error(event, {{"what", own_text{what}}, {"reason", own_text{why}}});
}

/// Why the revocations of all replicas may not be known here, or ours there; empty = they are.
std::string key_keeper::problem_of_state() const
{
    auto const limit = revocation_reader::silence_max;
    // The disk, or a server of files, does not answer.
    if (look_began_ && std::chrono::steady_clock::now() >= *look_began_ + limit)
        return "the folders cannot be read: a look at them has not ended for "
            + std::to_string(limit.count()) + " s";
    return look_problem_.empty() ? journal_.problem : look_problem_;
}

void key_keeper::tell_of_state()
{
    auto const problem = problem_of_state();
    note_problem("state_dir", "revocations_unread", problem);
    shared_.rotation.change([&](rotation_status::facts& facts) { facts.state_problem = problem; });
}

void key_keeper::tell_of_look(findings const& found)
{
    look_problem_ = found.problem;
    tell_of_state();
    auto const with = shared_.settings();
    auto const now = shared_.now(), key_now = shared_.key_time(now);
    shared_.rotation.change([&](rotation_status::facts& facts) {
        facts.has_state_dir = !with->state_dir.empty();
        facts.revoked = shared_.revocations.now()->size();
        if (found.problem.empty() && facts.has_state_dir)
            facts.read_at = now;
        std::erase_if(facts.rotated, [&](auto const& one) {
            return !with->rotation.contains(one.first);
        });
        for (auto const& [series, one] : with->rotation) {
            auto& into = facts.rotated[series];
            into.generation = one.generation;
            auto const seen = found.newest.find(series);
            if (seen == found.newest.end() || seen->second <= one.generation)
                into.behind_since.reset();
            else if (!into.behind_since)
                into.behind_since = key_now;
        }
    });
    tell_of_clock();
}

void key_keeper::tell_of_turns(outcomes const& made)
{
    for (auto const& [series, one] : made) {
        note_problem("rotation." + series, "rotation_failed", one.problem);
        if (one.is_written)
            log_info("manifest_written", {{"key", series}, {"generation", one.generation}});
    }
    shared_.rotation.change([&](rotation_status::facts& facts) {
        for (auto const& [series, one] : made) {
            auto const into = facts.rotated.find(series);
            if (into == facts.rotated.end())
                continue;  // it left the configuration meanwhile
            into->second.done += one.is_written ? 1 : 0;
            into->second.failures += one.problem.empty() ? 0 : 1;
            into->second.problem = one.problem;
        }
    });
}

void key_keeper::tell_of_clock()
{
    bool const is_holding = shared_.rotation.now().clock_distance != milliseconds{0};
    if (is_holding == was_holding_)
        return;
    was_holding_ = is_holding;
    if (is_holding)
        log_error(
            "key_clock_held",
            {{"distance_s", shared_.rotation.now().clock_distance.count() / 1000},
             {"note",
              "the clock has jumped; keys keep their states until it is right again, or has "
              "stayed as it is for 15 minutes"}}
        );
    else
        log_info("key_clock_follows");
}

/// Tells the other replicas what is in force here.
///
/// has_lost  what is in force has to be written again: a journal was removed, maybe ours.
asio::awaitable<void> key_keeper::spread(octets_read octets, bool has_lost)
{
    auto const with = shared_.settings();
    auto work = [this, with, octets = std::move(octets), has_lost] {
        go_first();
        if (has_lost)
            written_ = {};
        auto now = open_journal(with->state_dir);
        return now.problem.empty() ? tell_others(with->state_dir, octets) : now;
    };
    auto made = co_await run_on(journaling_, work_origin::of_service(), std::move(work));
    if (made)
        journal_ = std::move(*made);
}

bool key_keeper::is_turn_slow() const
{
    return std::chrono::steady_clock::now() >= turned_at_ + slow_turn;
}

/// Whether our journal's thread has something to do: each of its jobs may take as long as the disk.
bool key_keeper::has_to_spread(findings const& found) const
{
    auto const with = shared_.settings();
    bool const is_other = journal_.path != with->state_dir || !journal_.problem.empty();
    if (found.has_lost || is_other || with->state_dir.empty())
        return found.has_lost || is_other;
    return revocation_journal::has_news(journal_.told, {found.octets, shared_.now()});
}

/// Starts work that may take as long as the disk or the pool needs. One piece of a kind at a time.
void key_keeper::in_background(asio::awaitable<void> work, bool& is_running)
{
    is_running = true;
    auto const on_end = [&is_running](std::exception_ptr problem) {
        is_running = false;
        if (problem)
            log_error("keys_not_kept");
    };
    asio::co_spawn(workers_.front()->io, std::move(work), on_end);
}

/// One look, and what follows from it.
asio::awaitable<void> key_keeper::take_look()
{
    auto const with = shared_.settings();
    bool const lists_series = is_turn_slow();
    auto work = [this, with, lists_series] { return look(with, lists_series); };
    auto found = co_await run_on(reading_, work_origin::of_service(), std::move(work));
    look_began_.reset();
    if (!found)
        co_return;
    if (!lists_series)
        found->newest = turned_;
    tell_of_look(*found);
    auto const generation = shared_.revocations.generation();
    if (std::exchange(woken_for_, generation) != generation)
        refresh(workers_);
    if (!is_spreading_ && has_to_spread(*found))
        in_background(spread(std::move(found->octets), found->has_lost), is_spreading_);
    resting_ -= resting_ == 0 ? 0 : 1;
    ask_to_amend(found->newest);
}

asio::awaitable<void> key_keeper::take_turns()
{
    auto const with = shared_.settings();
    auto work = [this, with] { return take_turns_of(with); };
    auto const made = co_await run_on(turning_, work_origin::of_service(), std::move(work));
    if (!made)
        co_return;
    tell_of_turns(*made);
    turned_.clear();
    for (auto const& [series, one] : *made)
        turned_.emplace(series, one.generation);
    turned_at_ = std::chrono::steady_clock::now();
    auto putting = put_in_force(turned_);
    co_await std::move(putting);
}

asio::awaitable<void> key_keeper::watch()
{
    for (;;) {
        if (is_looking_)
            tell_of_state();
        else {
            look_began_ = std::chrono::steady_clock::now();
            in_background(take_look(), is_looking_);
        }
        auto const with = shared_.settings();
        bool const has_folders = !with->rotation.empty() || !with->state_dir.empty();
        co_await pause(has_folders ? period : idle_period);
    }
}

asio::awaitable<void> key_keeper::keep()
{
    for (;;) {
        if (!shared_.settings()->rotation.empty()) {
            auto once = take_turns();
            co_await std::move(once);
        }
        co_await pause(period);
    }
}

}  // namespace service
