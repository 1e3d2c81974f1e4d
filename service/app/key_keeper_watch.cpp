#include "service/app/key_keeper.hpp"
#include "service/app/pause.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/thread_turns.hpp"

#include <utility>

namespace service {
namespace {

using std::chrono::milliseconds;

/// How often keys of the configuration are looked at: they only stop signing at their times.
constexpr milliseconds idle_period{1000};
constexpr unsigned resting_max = 20;  // looks, after keys that could not be put in force

}  // namespace

/// What a look at the disk has found.
struct key_keeper::findings {
    bool has_new_keys = false;  ///< a folder has another generation than the keys in force
    bool has_revoked = false;   ///< there are revocations that were not in force
    std::map<std::string, key_directory::outcome> series{};
    std::string state_problem{};
};

void key_keeper::look_at_state(settings_ptr const& with, findings& found)
{
    found.state_problem = open_state(with->state_dir);
    if (!store_)
        return;
    if (found.state_problem.empty())
        found.state_problem = store_->refresh(shared_.now());
    if (std::exchange(seen_version_, store_->version()) != store_->version())
        found.has_revoked = shared_.revocations.add(store_->all());
}

/// On the disk's thread.
key_keeper::findings key_keeper::look(settings_ptr const& with)
{
    go_first();  // a revocation must not wait for the work of strangers
    findings found;
    look_at_state(with, found);
    for (auto const& [series, one] : with->rotation) {
        auto made = turn(one, key_directory::request::nothing);
        found.has_new_keys = found.has_new_keys || made.generation > one.generation;
        found.series.emplace(series, std::move(made));
    }
    return found;
}

/// Whether a private half is in force that nothing needs any more.
bool key_keeper::has_needless_halves()
{
    auto const& seen = workers_.front()->current();
    return seen->from
        && !core::needless_private_halves(seen->from->keys.keys(), *seen->ring).empty();
}

/// One line when something begins to fail, and one when it is over.
void key_keeper::tell(findings const& found)
{
    auto const note = [&](std::string const& what, std::string_view event, std::string const& why) {
        auto& last = told_[what];
        if (last == why)
            return;
        last = why;
        if (why.empty())
            log_info("keys_recovered", {{"what", own_text{what}}});
        else
            log_error(event, {{"what", own_text{what}}, {"reason", own_text{why}}});
    };
    note("state_dir", "revocations_unread", found.state_problem);
    for (auto const& [series, one] : found.series) {
        note("rotation." + series, "rotation_failed", one.problem);
        if (one.is_written)
            log_info("manifest_written", {{"key", series}, {"generation", one.generation}});
    }
    auto const with = shared_.settings();
    auto const now = shared_.now(), key_now = shared_.key_time(now);
    shared_.rotation.change([&](rotation_status::facts& facts) {
        facts.has_state_dir = !with->state_dir.empty();
        facts.revoked = shared_.revocations.now()->size();
        facts.state_problem = found.state_problem;
        if (found.state_problem.empty() && facts.has_state_dir)
            facts.read_at = now;
        std::erase_if(facts.rotated, [&](auto const& one) {
            return !with->rotation.contains(one.first);
        });
        for (auto const& [series, one] : found.series) {
            auto& into = facts.rotated[series];
            into.done += one.is_written ? 1 : 0;
            into.failures += one.problem.empty() ? 0 : 1;
            into.problem = one.problem;
        }
        for (auto const& [series, one] : with->rotation) {
            auto& into = facts.rotated[series];
            into.generation = one.generation;
            auto const seen = found.series.find(series);
            if (seen == found.series.end() || seen->second.generation <= one.generation)
                into.behind_since.reset();
            else if (!into.behind_since)
                into.behind_since = key_now;
        }
    });
    bool const is_holding = shared_.rotation.now().clock_distance != milliseconds{0};
    if (is_holding != was_holding_) {
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
}

/// Keys that cannot be put in force are tried again after a while: reading them may take long.
void key_keeper::note_amendment(std::string const& problem)
{
    resting_ = problem.empty() ? 0 : resting_max;
    if (!problem.empty() && problem != amend_problem_)
        log_error("keys_not_in_force", {{"reason", own_text{problem}}});
    amend_problem_ = problem;
}

/// One look, and what follows from it.
asio::awaitable<void> key_keeper::take_turn()
{
    auto const with = shared_.settings();
    auto work = [this, with] { return look(with); };
    auto found = co_await run_on(disk_, work_origin::of_service(), std::move(work));
    if (!found)
        co_return;
    tell(*found);
    if (found->has_revoked)
        wake_workers();
    resting_ -= resting_ == 0 ? 0 : 1;
    bool const is_due = found->has_new_keys || has_needless_halves();
    if (is_due && resting_ == 0) {
        auto amending = amend_("rotation");
        auto const problem = co_await std::move(amending);
        note_amendment(problem);
    }
}

asio::awaitable<void> key_keeper::watch()
{
    for (;;) {
        auto once = take_turn();
        co_await std::move(once);
        auto const with = shared_.settings();
        bool const has_folders = !with->rotation.empty() || !with->state_dir.empty();
        co_await pause(has_folders ? period : idle_period);
    }
}

}  // namespace service
