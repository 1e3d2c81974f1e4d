#pragma once

#include "core/base/time.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace core {

/// The key names that a set was asked for and does not have. One that was asked for before a fetch
/// began, and that its answer does not hold, is not worth another fetch for a while.
/// Names are kept as 128 bits of their SHA-256: tokens choose them, so that they may be long and
/// look alike.
class unknown_kids {
public:
    static constexpr std::size_t entries_max = 1024;  ///< some 80 KiB; the oldest one leaves
    static constexpr std::chrono::seconds refused_for{60};

    bool is_refused(std::string_view kid, uptime now) const;
    /// It was asked for and is not in the set in use.
    void ask(std::string_view kid);
    /// From here on a fetch is on its way: what was asked for is decided by its answer.
    void begin();
    /// The answer came; `has_changed` makes everything that an older set did not have open again.
    void settle(bool has_changed, uptime now);
    /// No answer came, or none that says anything: nothing is known about what was asked for.
    void drop() { in_question_.clear(); }

private:
    using name = std::array<std::uint8_t, 16>;
    struct name_hash {
        std::size_t operator()(name const& n) const noexcept;
    };
    static name name_of(std::string_view kid);
    void refuse(name const& one, uptime until);

    std::vector<name> asked_, in_question_;
    std::unordered_map<name, uptime, name_hash> refused_until_;
    std::deque<name> in_order_;  // of refused_until_, the oldest first
};

}  // namespace core
