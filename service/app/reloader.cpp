#include "service/app/reloader.hpp"

#include "config/changes/fixed_settings.hpp"
#include "core/base/secret.hpp"
#include "service/app/audit_watch.hpp"
#include "service/app/first_keys.hpp"
#include "service/app/pause.hpp"
#include "service/app/providers.hpp"
#include "service/app/reloader_attempt.hpp"
#include "service/observe/log.hpp"
#include "service/process/landlock.hpp"
#include "service/runtime/startup_error.hpp"

#include <boost/asio/redirect_error.hpp>

#include <algorithm>

namespace service {
namespace {

using std::chrono::milliseconds;

/// Files that change while they are read are read again.
constexpr unsigned tries_max = 5;
constexpr milliseconds between_tries{100};
constexpr std::size_t lines_max = 64;  // of one attempt, for each kind of line
constexpr std::string_view cannot_be_recorded =
    "the audit log cannot be written, and nothing is changed without a record (audit.admin)";

std::vector<std::string> texts_of(std::vector<config::notice> const& notices)
{
    std::vector<std::string> texts;
    for (auto const& one : notices)
        texts.push_back(one.to_text());
    return texts;
}

/// Those that were not there before: the lines of a configuration move.
std::vector<config::notice>
without(std::vector<config::notice> const& all, std::vector<config::notice> const& known)
{
    std::vector<config::notice> rest;
    for (auto const& one : all) {
        auto const is_same = [&](config::notice const& other) {
            return other.path == one.path && other.text == one.text;
        };
        if (std::ranges::none_of(known, is_same))
            rest.push_back(one);
    }
    return rest;
}

std::vector<std::string>
changed_files(config::file_marks const& before, config::file_marks const& now)
{
    std::vector<std::string> paths;
    for (auto const& [path, mark] : now) {
        auto const known = before.find(path);
        if (known != before.end() && known->second.was != mark.was)
            paths.push_back(path);
    }
    return paths;
}

/// Where fetched keys are kept can wait for a restart.
void keep_cache_dir(
    config::settings const& before, config::settings& next, std::vector<std::string>& differing
)
{
    if (next.server.jwks_cache_dir != before.server.jwks_cache_dir)
        differing.emplace_back("server.jwks_cache_dir");
    next.server.jwks_cache_dir = before.server.jwks_cache_dir;
}

void tell_lines(
    config::log_level level, std::string_view event, std::string_view key,
    std::vector<std::string> const& texts
)
{
    for (std::size_t i = 0; i < std::min(texts.size(), lines_max); ++i)
        log(level, event, {{key, own_text{texts[i]}}});
    if (texts.size() > lines_max)
        log(level, event, {{"more", texts.size() - lines_max}});
}

}  // namespace

void log_warnings(std::vector<config::notice> const& warnings)
{
    for (auto const& one : warnings)
        log_warn(
            "configuration",
            {{"file", one.file},
             {"line", one.line},
             {"setting", one.path},
             {"text", own_text{one.text}}}
        );
}

reloader::reloader(
    shared_state& shared, http::server& server, std::vector<std::unique_ptr<worker>> const& workers,
    loaded_from from
)
    : shared_(shared), server_(server), workers_(workers), again_(std::move(from.again)),
      parts_(std::move(from.parts)), warnings_(std::move(from.warnings)),
      files_(config::without_followed(std::move(from.files))), seen_(files_),
      folders_(workers.front()->io), turn_(workers.front()->io)
{
    kinds_.note(*shared_.settings());
}

/// On the pool. Nothing in force changes.
reloader::attempt reloader::prepare(
    std::shared_ptr<config::settings const> before, config::series_kinds const& kinds
) const
{
    attempt made;
    auto read = again_(before, made.files);
    made.is_torn = config::look_again(made.files) != made.files;
    if (auto const* problems = std::get_if<std::vector<config::notice>>(&read)) {
        made.report.problems = texts_of(*problems);
        if (files_are_limited())
            for (auto& one : out_of_reach(made.files))
                made.refuse(std::move(one));
        return made;
    }
    auto& loaded = std::get<config::loaded>(read);
    auto const next = std::make_shared<config::settings>(std::move(loaded.settings));
    made.parts = std::move(loaded.parts);
    made.warnings = std::move(loaded.warnings);
    if (next->dev != before->dev)
        made.refuse("development mode begins and ends only with a restart");
    made.report.needs_restart = config::keep_fixed(*before, *next);
    if (files_are_limited())
        keep_cache_dir(*before, *next, made.report.needs_restart);
    for (auto const& folder : written_by(*next))
        if (!may_be_written(folder))
            made.refuse(
                folder
                + ": restart; which folders may be written is fixed when the service starts "
                  "(server.sandbox)"
            );
    if (!made.report.is_done())
        return made;
    try {
        // A series that is new gets its first keys before anything asks for them.
        *next = with_due_keys(
            std::move(*next), *shared_.revocations.now(), shared_.key_time(shared_.now())
        );
    } catch (startup_error const& problem) {
        made.refuse(problem.text);
        return made;
    }
    let_go_of_private_halves(*next);
    for (auto& one : kinds.objections(*next))
        made.refuse(std::move(one));
    made.test_keys(*before, *next);
    auto tls = server_.tls().prepare(*next, shared_.now());
    if (!tls)
        made.refuse(tls.error().member + ": " + tls.error().detail);
    if (!made.report.is_done() || made.is_torn)
        return made;
    made.tls = std::move(*tls);
    made.build(shared_, next);
    return made;
}

/// What the configuration changes, for people.
void reloader::compare(attempt& made, config::settings const& before) const
{
    auto& report = made.report;
    report.changes = config::changes_between(parts_, made.parts);
    report.changed_files = changed_files(files_, made.files);
    auto const fresh = without(made.warnings, warnings_);
    report.warnings = texts_of(fresh);
    log_warnings(fresh);
    if (!config::lets_callers_in(before) || config::lets_callers_in(*made.next->settings))
        return;
    report.warnings.emplace_back(
        "no caller may do anything any more: the configuration before let callers in"
    );
    log_warn("callers_locked_out", {{"reason", own_text{report.warnings.back()}}});
}

void reloader::adopt(attempt& made)
{
    auto const before = shared_.settings();
    auto const next = made.next->settings;
    start_log(next->log);
    if (next->crypto.providers != before->crypto.providers)
        opens_libraries_ = choose_providers(next->crypto);
    shared_.adopt(std::move(made.next), *made.others);
    server_.change_limits(*next);
    server_.tls().apply(std::move(made.tls));
    refresh(workers_);
    kinds_.note(*next);
    parts_ = std::move(made.parts);
    warnings_ = std::move(made.warnings);
    files_ = seen_ = config::without_followed(std::move(made.files));
}

void reloader::tell(attempt const& made, std::string_view why) const
{
    auto const& report = made.report;
    if (!report.is_done()) {
        log_error(
            "reload_refused",
            {{"by", why},
             {"problems", report.problems.size()},
             {"generation", report.generation},
             {"note", "the configuration before stays in force"}}
        );
        return tell_lines(config::log_level::error, "reload_problem", "text", report.problems);
    }
    log_info(
        "reloaded",
        {{"by", why},
         {"generation", report.generation},
         {"changes", report.changes.size() + report.changed_files.size()}}
    );
    std::vector<std::string> parts;
    for (auto const& one : report.changes)
        parts.push_back(one.path + " " + std::string(config::to_string(one.how)));
    tell_lines(config::log_level::info, "configuration_changed", "part", parts);
    tell_lines(config::log_level::info, "configuration_changed", "file", report.changed_files);
    tell_lines(config::log_level::warn, "reload_needs_restart", "setting", report.needs_restart);
}

/// Whether a change could not be recorded, and needs a record.
bool reloader::must_not_change(config::settings const& before) const
{
    auto const* const log = shared_.audit();
    return log != nullptr && log->is_failing()
        && before.audit.admin == config::audit_mode::required;
}

/// Whether a reload that could not be recorded can be now.
bool reloader::is_due_again() const
{
    return is_owed_ && !must_not_change(*shared_.settings());
}

/// What has been changed stays so when the log fails just then: the record `lost` says that it did.
asio::awaitable<void> reloader::record(reload_report const& how, std::string by)
{
    std::vector<std::string> members;
    members.push_back(reload_record(how, by, shared_.now()));
    auto recording = shared_.audit()->record(std::move(members), record_of::done);
    bool const is_recorded = co_await std::move(recording);
    if (!is_recorded)
        log_error("reload_unrecorded", {{"by", by}});
}

/// A request's is recorded by its session.
asio::awaitable<void> reloader::record_unless_asked(reload_report const& how, std::string by)
{
    if (shared_.audit() == nullptr || by == by_request)
        co_return;
    try {
        auto recording = record(how, by);
        co_await std::move(recording);
    } catch (std::exception const& problem) {
        log_error("reload_unrecorded", {{"by", by}, {"what", problem.what()}});
    }
}

asio::awaitable<reload_report> reloader::try_once(std::string_view why)
{
    auto const before = shared_.settings();
    auto work = [this, before, kinds = kinds_] {
        auto attempted = prepare(before, kinds);
        core::wipe_stack();
        return attempted;
    };
    auto made = co_await run_on(shared_.cpu, work_origin::of_service(), work);
    for (unsigned i = 1; made && made->is_torn && i < tries_max; ++i) {
        co_await pause(between_tries);
        made = co_await run_on(shared_.cpu, work_origin::of_service(), work);
    }
    if (!made) {
        made.emplace();
        made->refuse(std::string(is_stopping));
    }
    if (made->is_torn && made->report.is_done())
        made->refuse("its files change while they are read");
    is_owed_ = made->report.is_done() && must_not_change(*before);
    if (is_owed_)
        made->refuse(std::string(cannot_be_recorded));
    seen_ = made->files;
    if (made->report.is_done()) {
        compare(*made, *before);
        adopt(*made);
    }
    made->report.generation = shared_.in_force()->generation;
    shared_.reloads.note(made->report, shared_.now());
    tell(*made, why);
    co_return std::move(made->report);
}

asio::awaitable<void> reloader::begin_turn()
{
    while (is_busy_) {
        boost::system::error_code ignored;
        co_await turn_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    is_busy_ = true;
    turn_.expires_at(asio::steady_timer::time_point::max());
}

void reloader::end_turn()
{
    is_busy_ = false;
    turn_.cancel();
}

asio::awaitable<reload_report> reloader::reload(std::string_view why)
{
    auto const wanted = wanted_ = begun_ + 1;
    auto waiting = begin_turn();
    co_await std::move(waiting);
    if (begun_ >= wanted) {  // another one that waited did it
        end_turn();
        co_return last_;
    }
    ++begun_;
    is_owed_ = false;
    reload_report report;
    try {
        auto once = try_once(why);
        report = co_await std::move(once);
    } catch (std::exception const& problem) {
        report.problems.emplace_back("an internal error occurred");
        report.generation = shared_.in_force()->generation;
        shared_.reloads.note(report, shared_.now());
        log_error("reload_failed", {{"by", why}, {"what", problem.what()}});
    }
    auto recording = record_unless_asked(report, std::string(why));
    co_await std::move(recording);
    last_ = report;
    end_turn();
    folders_.cancel();  // other files may have to be watched now
    co_return report;
}

}  // namespace service
