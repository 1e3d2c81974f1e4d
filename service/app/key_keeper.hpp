#pragma once

#include "service/rotation/disk_folder.hpp"
#include "service/rotation/key_directory.hpp"
#include "service/rotation/revocation_store.hpp"
#include "service/state/worker.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// Keeps our keys: rotates series when it is their time, reads the revocations of all replicas, and
/// lets go of private halves that have stopped. What blocks on the disk runs on a thread of its own,
/// so that no request waits for it and no load delays a revocation; everything else is on worker 0's
/// thread.
class key_keeper {
public:
    /// Puts the keys of the folders in force; see reloader::amend.
    using amend_function = std::function<asio::awaitable<std::string>(std::string_view why)>;

    /// shared, workers  outlive it.
    key_keeper(
        shared_state& shared, std::vector<std::unique_ptr<worker>> const& workers,
        amend_function amend
    );
    ~key_keeper();
    key_keeper(key_keeper const&) = delete;
    key_keeper& operator=(key_keeper const&) = delete;

    /// Reads the revocations of `state_dir`, before anything listens. Throws startup_error.
    void open();
    /// Runs until the event loop stops.
    asio::awaitable<void> watch();
    /// See key_commands.
    asio::awaitable<rotate_report> rotate(std::string series, bool is_emergency, std::string by);
    asio::awaitable<revoke_report> revoke(std::string kid, std::string by);

    /// How often state_dir and the folders are looked at: a revocation of another replica is in force
    /// well within a second.
    static constexpr std::chrono::milliseconds period{250};
    /// How long the reply to a revocation waits for the other replicas.
    static constexpr std::chrono::seconds reach_limit{1};

private:
    struct findings;
    using settings_ptr = std::shared_ptr<config::settings const>;

    findings look(settings_ptr const& with);
    void look_at_state(settings_ptr const& with, findings& found);
    key_directory::outcome turn(config::rotated_series const& of, key_directory::request what);
    std::string open_state(std::string const& path);
    revoke_report write_down(
        settings_ptr const& with, std::string const& kid, core::instant least, std::string const& by
    );
    bool has_needless_halves();
    void note_amendment(std::string const& problem);
    void wake_workers();
    void tell(findings const& found);
    asio::awaitable<void> take_turn();

    shared_state& shared_;
    std::vector<std::unique_ptr<worker>> const& workers_;
    amend_function amend_;
    std::string holder_;

    // only on the thread of `disk_`, once it runs
    std::string state_path_;
    std::unique_ptr<disk_folder> state_folder_;
    std::unique_ptr<revocation_store> store_;
    std::uint64_t seen_version_ = 0;  // of the store

    // only on worker 0's thread
    std::map<std::string, std::string> told_;  // the last problem of each series, and of state_dir
    bool was_holding_ = false;
    std::string amend_problem_;
    unsigned resting_ = 0;  // looks until keys are tried again that could not be put in force

    work_pool disk_;  // one thread; the last member, so that its work ends first
};

}  // namespace service
