#include "config/changes/shared_keys.hpp"
#include "config/sections/amended_settings.hpp"
#include "core/base/secret.hpp"
#include "core/jwe/key_trial.hpp"
#include "service/app/reloader_attempt.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/startup_error.hpp"

#include <algorithm>

/// The part of a reloader that is about our keys; `amend` replaces nothing else.
namespace service {
namespace {

/// Whether a series has another manifest than before.
bool has_newer_keys(config::settings const& before, config::settings const& next)
{
    return std::ranges::any_of(next.rotation, [&](auto const& one) {
        return before.rotation.at(one.first).generation != one.second.generation;
    });
}

}  // namespace

void reloader::attempt::test_keys(config::settings const& before, config::settings& next_settings)
{
    for (auto const index : config::share_keys(before, next_settings)) {
        auto const& key = next_settings.keys[index];
        if (!core::works(key.key))
            refuse("key `" + key.key.kid + "` of series `" + key.series + "` does not work");
    }
}

void reloader::attempt::build(
    shared_state& of, std::shared_ptr<config::settings> const& next_settings
)
{
    try {
        others = of.issuers.prepare(next_settings);
    } catch (startup_error const& problem) {
        return refuse(problem.text);
    }
    next = of.prepare(next_settings);
}

bool reloader::let_go_of_private_halves(config::settings& of) const
{
    core::key_ring const ring(of.keys);
    auto const now = shared_.key_time(shared_.now());
    auto const view = config::view_of(ring, of, now, *shared_.revocations.now());
    return core::let_go_of_private_halves(of.keys, view);
}

/// On the pool. Nothing in force changes.
reloader::attempt reloader::prepare_keys(std::shared_ptr<config::settings const> before) const
{
    attempt made;
    auto read = config::with_readable_keys(*before, shared_.key_time(shared_.now()));
    auto const next = std::make_shared<config::settings>(std::move(read.with));
    for (auto const& unread : read.problems)
        made.report.warnings.push_back("rotation." + unread);
    bool const has_let_go = let_go_of_private_halves(*next);
    bool const is_other = has_let_go || has_newer_keys(*before, *next);
    if (!read.problems.empty() && !is_other) {
        made.refuse(made.report.warnings.front());
        return made;
    }
    made.test_keys(*before, *next);
    if (made.report.is_done())
        made.build(shared_, next);
    return made;
}

void reloader::adopt_keys(attempt& made)
{
    auto const next = made.next->settings;
    auto const generation = made.next->generation;
    shared_.adopt(std::move(made.next), *made.others);
    refresh(workers_);
    kinds_.note(*next);
    shared_.reloads.note_keys(generation);
}

asio::awaitable<std::string> reloader::amend_once(std::string_view why)
{
    auto const before = shared_.settings();
    auto work = [this, before] {
        auto attempted = prepare_keys(before);
        core::wipe_stack();
        return attempted;
    };
    auto made = co_await run_on(shared_.cpu, work_origin::of_service(), std::move(work));
    if (!made)
        co_return std::string(is_stopping);
    if (!made->report.is_done())
        co_return made->report.problems.front();
    adopt_keys(*made);
    log_info("keys_changed", {{"by", why}, {"generation", shared_.in_force()->generation}});
    // What could be done is in force; the folders are still told about.
    co_return made->report.warnings.empty() ? std::string() : made->report.warnings.front();
}

asio::awaitable<std::string> reloader::amend(std::string_view why)
{
    auto waiting = begin_turn();
    co_await std::move(waiting);
    std::string problem;
    try {
        auto once = amend_once(why);
        problem = co_await std::move(once);
    } catch (std::exception const& caught) {
        problem = "an internal error occurred";
        log_error("reload_failed", {{"by", why}, {"what", caught.what()}});
    }
    end_turn();
    co_return problem;
}

}  // namespace service
