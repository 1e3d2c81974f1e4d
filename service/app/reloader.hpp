#pragma once

#include "config/changes/series_kinds.hpp"
#include "config/load/load.hpp"
#include "service/app/folder_watch.hpp"
#include "service/http/server.hpp"

#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

namespace service {

/// Why a configuration is loaded again, when POST /reload asks for it.
inline constexpr std::string_view by_request = "request";

/// Loads a configuration: config::load, or a test's replacement. Called on the pool.
///
/// before   in force now.
/// files    gets every file that the outcome depends on.
using load_function = std::function<std::variant<config::loaded, std::vector<config::notice>>(
    std::shared_ptr<config::settings const> before, config::file_marks& files
)>;

/// What the configuration in force was loaded from.
struct loaded_from {
    load_function again;
    config::outline parts{};
    std::vector<config::notice> warnings{};
    config::file_marks files{};
};

/// Replaces the configuration while the service runs. Everything of the next one is built and tested
/// on the pool first; then it takes effect as a whole, or nothing changes and the reasons are told.
/// On worker 0's thread.
class reloader {
public:
    /// shared, server, workers  outlive it.
    reloader(
        shared_state& shared, http::server& server,
        std::vector<std::unique_ptr<worker>> const& workers, loaded_from from
    );
    reloader(reloader const&) = delete;
    reloader& operator=(reloader const&) = delete;

    /// Loads once more, after the attempt that runs now. Everybody who asks while one runs gets the
    /// next one: however many ask, at most one waits.
    ///
    /// why      for the log: "signal", by_request, "files".
    asio::awaitable<reload_report> reload(std::string_view why);
    /// Whether an attempt will begin that sees everything that has changed until now.
    bool has_next() const noexcept { return wanted_ > begun_; }
    /// Puts the keys that the folders of rotated series have now in force, and lets go of private
    /// halves that nothing needs any more. Everything else stays as it is, whatever the file says
    /// meanwhile. One after the other, with `reload`.
    ///
    /// why      for the log.
    /// Returns  a sentence about why nothing has changed; empty = it is in force.
    asio::awaitable<std::string> amend(std::string_view why);
    /// Reloads whenever a file has changed. Runs until the event loop stops.
    asio::awaitable<void> watch();

private:
    struct attempt;
    struct look {
        config::file_marks files;   ///< as they are now
        std::size_t unwatched = 0;  ///< folders
    };

    attempt prepare(
        std::shared_ptr<config::settings const> before, config::series_kinds const& kinds
    ) const;
    attempt prepare_keys(std::shared_ptr<config::settings const> before) const;
    /// Those that nothing needs any more. Returns whether there was one.
    bool let_go_of_private_halves(config::settings& of) const;
    asio::awaitable<void> begin_turn();
    void end_turn();
    void adopt_keys(attempt& made);
    asio::awaitable<std::string> amend_once(std::string_view why);
    asio::awaitable<reload_report> try_once(std::string_view why);
    look watch_and_look(config::file_marks const& known, bool watches);
    void tell_unwatched(std::size_t folders);
    bool must_not_change(config::settings const& before) const;
    bool is_due_again() const;
    asio::awaitable<void> record_unless_asked(reload_report const& how, std::string by);
    asio::awaitable<void> record(reload_report const& how, std::string by);
    asio::awaitable<void> settle(config::file_marks seen);
    void compare(attempt& made, config::settings const& before) const;
    void adopt(attempt& made);
    void tell(attempt const& made, std::string_view why) const;

    shared_state& shared_;
    http::server& server_;
    std::vector<std::unique_ptr<worker>> const& workers_;
    load_function again_;
    config::outline parts_;                 // of the configuration in force
    std::vector<config::notice> warnings_;  // of the same
    config::file_marks files_;              // of the same
    config::file_marks seen_;               // of the last attempt
    config::series_kinds kinds_;
    folder_watch folders_;
    asio::steady_timer turn_;
    bool is_busy_ = false;
    bool is_owed_ = false;  // a reload that was refused only because it could not be recorded
    std::uint64_t begun_ = 0, wanted_ = 0;  // attempts
    reload_report last_;                    // of the last one
    std::size_t unwatched_ = 0;             // folders, that the log was told of
    std::jthread opens_libraries_;
};

/// Logs the warnings of a configuration.
void log_warnings(std::vector<config::notice> const& warnings);

}  // namespace service
