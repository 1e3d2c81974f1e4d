#pragma once

#include "config/tree/outline.hpp"
#include "core/base/time.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// How one attempt to load the configuration ended.
struct reload_report {
    std::uint64_t generation = 0;  ///< of the configuration in force afterwards
    /// Why it was refused, one sentence for each problem: the configuration before stays in force.
    std::vector<std::string> problems{};
    std::vector<config::changed_part> changes{};
    std::vector<std::string> changed_files{};  ///< that the configuration names
    std::vector<std::string> needs_restart{};  ///< settings that differ and do not take effect
    std::vector<std::string> warnings{};

    bool is_done() const noexcept { return problems.empty(); }
};

/// What people and metrics want to know about the configuration in force and the last attempt to
/// load another one. From any thread.
class reload_status {
public:
    struct facts {
        std::uint64_t generation = 1;
        std::uint64_t done = 0, refused = 0;  ///< attempts since the start
        core::instant in_force_since{};
        std::optional<core::instant> last_attempt{};  ///< nullopt = there was none
        std::size_t problems = 0;                     ///< of the last attempt; 0 = it was done
        std::vector<std::string> needs_restart{};
    };

    explicit reload_status(core::instant started) { now_.in_force_since = started; }

    facts now() const
    {
        std::scoped_lock const lock(guard_);
        return now_;
    }
    void note(reload_report const& how, core::instant at)
    {
        std::scoped_lock const lock(guard_);
        now_.generation = how.generation;
        now_.last_attempt = at;
        now_.problems = how.problems.size();
        ++(how.is_done() ? now_.done : now_.refused);
        if (!how.is_done())
            return;
        now_.in_force_since = at;
        now_.needs_restart = how.needs_restart;
    }

    /// Our keys changed, and nothing else.
    void note_keys(std::uint64_t generation)
    {
        std::scoped_lock const lock(guard_);
        now_.generation = generation;
    }

private:
    mutable std::mutex guard_;
    facts now_;
};

}  // namespace service
