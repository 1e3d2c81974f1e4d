#pragma once

#include "core/base/time.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace core {

/// The kids that tokens named and the set does not have. If a kid was asked for before a fetch
/// began, and the answer does not contain it, it causes no other fetch for some time. Kids are
/// stored as 128 bits of their SHA-256, because tokens choose them: they may be long, or chosen to
/// collide.
class unknown_kids {
public:
    static constexpr std::size_t entries_max = 1024;  ///< about 80 KiB; the oldest is dropped
    static constexpr std::chrono::seconds refused_for{60};

    bool is_refused(std::string_view kid, uptime now) const;
    /// A token named this kid, and the set in use does not have it.
    void ask(std::string_view kid);
    /// A fetch begins; its answer decides about the kids asked for so far.
    void begin();
    /// The answer came: those kids are refused for `refused_for`, unless the set has them now.
    ///
    /// has_changed  true = the set is a different one, and all earlier refusals end.
    void settle(bool has_changed, uptime now);
    /// No usable answer came: nothing is decided about those kids.
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
