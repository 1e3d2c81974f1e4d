#pragma once

#include "core/base/time.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace service {

/// What people and metrics want to know about rotated series and revocations. From any thread.
class rotation_status {
public:
    struct series {
        std::uint64_t generation = 0;  ///< of the manifest in force
        std::uint64_t done = 0;        ///< turns in which this process has written by itself
        std::uint64_t failures = 0;    ///< attempts that failed, since the start
        std::string problem{};         ///< of the last attempt; empty = it was good
        /// Since when the folder has newer keys than are in force; by the time of keys.
        std::optional<core::instant> behind_since{};
    };
    struct facts {
        std::map<std::string, series> rotated{};
        bool has_state_dir = false;
        std::size_t revoked = 0;
        /// Why the revocations of all replicas may not be known here, or ours there; empty = they are.
        std::string state_problem{};
        std::optional<core::instant> read_at{};       ///< when state_dir was last read as a whole
        std::chrono::milliseconds clock_distance{0};  ///< while key states hold, see held_clock
    };

    /// Longer than any replica needs to put in force what another one has written.
    static constexpr std::chrono::seconds behind_max{60};
    /// Longer than one usually needs.
    static constexpr std::chrono::seconds behind_usual{2};

    /// Whether what could be done at the last look was done, in every folder.
    static bool is_well(facts const& now)
    {
        return now.state_problem.empty() && std::ranges::all_of(now.rotated, [](auto const& one) {
                   return one.second.problem.empty();
               });
    }
    /// Whether its folder has had newer keys for longer than `most`.
    static bool is_behind(series const& one, core::instant at, std::chrono::seconds most)
    {
        return one.behind_since && *one.behind_since + most < at;
    }
    /// The series whose keys in force have been older than those of their folder for too long:
    /// tokens of others may be refused, and what is signed may be.
    ///
    /// at  by the time of keys.
    static std::vector<std::string> behind(facts const& now, core::instant at)
    {
        std::vector<std::string> found;
        for (auto const& [name, one] : now.rotated) {
            if (is_behind(one, at, behind_max))
                found.push_back(name);
        }
        return found;
    }

    facts now() const
    {
        std::scoped_lock const lock(guard_);
        return now_;
    }
    /// Changes the facts in one step.
    template <class Change> auto change(Change&& how)
    {
        std::scoped_lock const lock(guard_);
        return std::forward<Change>(how)(now_);
    }

private:
    mutable std::mutex guard_;
    facts now_;
};

}  // namespace service
