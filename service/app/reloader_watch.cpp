#include "config/sections/folders.hpp"
#include "service/app/pause.hpp"
#include "service/app/reloader.hpp"
#include "service/observe/log.hpp"

#include <algorithm>
#include <set>
#include <utility>

/// Which changes of files lead to a reload, and when.
namespace service {
namespace {

using std::chrono::milliseconds;

/// Files that were reported may not be written as a whole yet: they are read when nothing was
/// reported for a while, or after the longest time that is left for a reload within a second.
constexpr milliseconds quiet{100}, quiet_limit{400};
constexpr unsigned looks_max = 5;
constexpr milliseconds between_looks{100};
constexpr milliseconds between_reloads{250};
/// How often it is asked whether the audit log can record the reload that it has refused.
constexpr milliseconds owed_poll{500};

/// Every folder in which a change may lead one of these files elsewhere.
std::vector<std::string> folders_of(config::file_marks const& files)
{
    std::set<std::string> all;
    for (auto const& [path, _] : files) {
        auto const found = config::folders_that_decide(path);
        all.insert(found.begin(), found.end());
    }
    return {all.begin(), all.end()};
}

}  // namespace

/// Waits until the files stay as they are for a moment: one may still be written, and what is there
/// may look like a whole configuration.
asio::awaitable<void> reloader::settle(config::file_marks seen)
{
    for (unsigned i = 0; i < looks_max; ++i) {
        co_await pause(between_looks);
        auto work = [seen] { return config::look_again(seen); };
        auto now = co_await run_on(shared_.cpu, work_origin::of_service(), std::move(work));
        if (!now || *now == seen)
            co_return;
        seen = std::move(*now);
    }
}

/// On the pool, while the watch does not wait. Watched first and looked at then, so that no change is
/// between the two.
reloader::look reloader::watch_and_look(config::file_marks const& known, bool watches)
{
    look made;
    made.unwatched = folders_.watch(watches ? folders_of(known) : std::vector<std::string>{});
    made.files = config::look_again(known);
    return made;
}

/// Once for each other number.
void reloader::tell_unwatched(std::size_t folders)
{
    if (std::exchange(unwatched_, folders) == folders || folders == 0)
        return;
    log_warn(
        "watch_incomplete",
        {{"folders", folders},
         {"reason",
          "the system allows no more watches (fs.inotify.max_user_watches): files in "
          "these folders are compared every reload.poll"}}
    );
}

asio::awaitable<void> reloader::watch()
{
    if (!folders_.is_on())
        log_warn(
            "watch_unavailable",
            {{"reason",
              "the system gives no inotify descriptor: files are compared every reload.poll"}}
        );
    for (;;) {
        auto const how = shared_.settings()->reload;
        auto const known = seen_;
        auto work = [this, known, watches = how.watch] { return watch_and_look(known, watches); };
        auto now = co_await run_on(shared_.cpu, work_origin::of_service(), std::move(work));
        if (!now)
            co_return;
        tell_unwatched(now->unwatched);
        if (known != seen_)  // a reload came between
            continue;
        bool const is_due = (how.watch && now->files != known) || is_due_again();
        if (is_due && !is_busy_) {
            auto until_settled = settle(std::move(now->files));
            co_await std::move(until_settled);
            auto once = reload("files");
            auto const report = co_await std::move(once);
            co_await pause(between_reloads);
            continue;
        }
        auto const longest = is_owed_ ? std::min<milliseconds>(how.poll, owed_poll) : how.poll;
        bool has_changed = co_await folders_.wait(longest);
        auto const end = std::chrono::steady_clock::now() + quiet_limit;
        while (has_changed && std::chrono::steady_clock::now() < end)
            has_changed = co_await folders_.wait(quiet);
    }
}

}  // namespace service
