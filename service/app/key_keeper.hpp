#pragma once

#include "service/rotation/disk_folder.hpp"
#include "service/rotation/key_directory.hpp"
#include "service/rotation/revocation_journal.hpp"
#include "service/rotation/revocation_reader.hpp"
#include "service/state/worker.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// Keeps our keys: rotates series when it is their time, reads the revocations of all replicas, and
/// lets go of private halves that have stopped. What blocks on the disk runs on threads of its own, so
/// that no request waits for it and no load delays a revocation. A disk may take many seconds to
/// write, so what only reads waits for nothing that writes, and a revocation for no rotation.
/// Everything else is on worker 0's thread.
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
    /// Looks for what other replicas have revoked and written. Runs until the event loop stops.
    asio::awaitable<void> watch();
    /// Does what is due in the folders. The same.
    asio::awaitable<void> keep();
    /// See key_commands.
    asio::awaitable<rotate_report> rotate(std::string series, bool is_emergency, std::string by);
    asio::awaitable<revoke_report> revoke(std::string kid, std::string by);

    /// How often state_dir and the folders are looked at: a revocation of another replica is in force
    /// well within a second.
    static constexpr std::chrono::milliseconds period{250};
    /// How long the reply to a revocation waits for the other replicas, and for its series' turn.
    static constexpr std::chrono::seconds reach_limit{1};

private:
    using settings_ptr = std::shared_ptr<config::settings const>;
    using outcomes = std::map<std::string, key_directory::outcome>;
    using octets_read = std::map<std::string, std::size_t>;
    using generations = std::map<std::string, std::uint64_t>;  ///< of manifests, by series

    /// What a look at the folders has found.
    struct findings {
        bool has_lost = false;  ///< journals lack revocations that are in force
        generations newest{};   ///< of the folders that can be read, where they were listed
        octets_read octets{};   ///< of journals, now in force
        std::string problem{};  ///< of state_dir
    };
    /// Our journal after somebody used it.
    struct journal_state {
        std::string path{};  ///< of its folder
        std::string problem{};
        std::string name{};
        std::size_t octets = 0;
        revocation_journal::news told{};
    };

    // on the thread of `reading_`
    findings look(settings_ptr const& with, bool lists_series);
    void read_state(std::string const& path, findings& found);
    // on the thread of `journaling_`
    journal_state open_journal(std::string const& path);
    journal_state opened() const;
    journal_state tell_others(std::string const& path, octets_read octets);
    revoke_report write_down(
        settings_ptr const& with, std::string const& kid, core::instant least, std::string const& by
    );
    // on the thread of `turning_`
    outcomes take_turns_of(settings_ptr const& with);
    key_directory::outcome turn(config::rotated_series const& of, key_directory::request what);

    bool is_turn_slow() const;
    bool has_to_spread(findings const& found) const;
    bool has_needless_halves();
    generations newer_in(generations found) const;
    bool is_resting(generations const& newer) const;
    void ask_to_amend(generations const& found);
    asio::awaitable<void> amend_while_asked();
    asio::awaitable<void> put_in_force(generations found);
    void note_problem(std::string const& what, std::string_view event, std::string const& why);
    std::string problem_of_state() const;
    void tell_of_state();
    void tell_of_look(findings const& found);
    void tell_of_turns(outcomes const& made);
    void tell_of_clock();
    asio::awaitable<void> take_look();
    asio::awaitable<void> take_turns();
    asio::awaitable<void> spread(octets_read octets, bool has_lost);
    asio::awaitable<std::optional<revocation_reader::reach>> ask_reach(journal_state of);
    asio::awaitable<void> await_reach(revoke_report& report, journal_state journal);
    void in_background(asio::awaitable<void> work, bool& is_running);

    shared_state& shared_;
    std::vector<std::unique_ptr<worker>> const& workers_;
    amend_function amend_;
    std::string holder_;

    /// A folder, and what this process has of it. Only on one thread, once that runs.
    struct read_part {
        std::string path{};
        std::unique_ptr<disk_folder> folder{};
        std::unique_ptr<revocation_reader> reader{};
        std::uint64_t seen_version = 0;
    };
    struct written_part {
        std::string path{};
        std::unique_ptr<disk_folder> folder{};
        std::unique_ptr<revocation_journal> journal{};
    };
    read_part read_;        // of the thread of `reading_`
    written_part written_;  // of the thread of `journaling_`

    // only on worker 0's thread
    std::map<std::string, std::string> told_;  // the last problem of each series, and of state_dir
    journal_state journal_;
    generations turned_;  // of the folders, as the last turns have found them
    std::chrono::steady_clock::time_point turned_at_{};
    bool was_holding_ = false;
    bool is_amending_ = false, is_spreading_ = false, is_looking_ = false;
    std::optional<std::chrono::steady_clock::time_point> look_began_;  // of one that has not ended
    std::string look_problem_;                                         // of the last one that has
    std::uint64_t woken_for_ = 0;  // the generation of the revocations
    generations wanted_;           // in force, once the next amendment has ended
    std::uint64_t asked_ = 0;      // requests to amend
    std::uint64_t done_ = 0;       // of these: those whose amendment has ended
    asio::steady_timer amended_;   // wakes who waits for one; never ends by itself
    std::string amend_problem_;    // of the last one
    unsigned resting_ = 0;  // looks until keys are tried again that could not be put in force
    generations tried_;     // those; others are tried at once

    // One thread each; the last members, so that their work ends first.
    work_pool reading_, journaling_, turning_;
};

}  // namespace service
