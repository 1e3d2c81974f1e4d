#pragma once

#include "core/base/error.hpp"
#include "core/base/time.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace core::rotation {

/// One key that was revoked.
struct revocation {
    std::string kid;
    instant at;
    std::string by;  ///< the caller's configured name

    bool operator==(revocation const&) const = default;
};

inline constexpr std::size_t journal_bytes_max = 4UL * 1024UL * 1024UL;
inline constexpr std::size_t revocations_max = 20'000;  ///< of one journal

/// The line of a revocation in its journal: JSON, a space and a part of its SHA-256, so that half a
/// line is never taken for a whole one.
std::string journal_line(revocation const& one);

struct journal_content {
    std::vector<revocation> records;
    std::size_t whole = 0;  ///< octets until the end of the last whole line
    bool is_torn = false;   ///< what follows is part of a line: a write that was never acknowledged
};

/// Reads a journal.
///
/// text     untrusted.
/// Errors   key_invalid: a line that was whole is damaged, so that a revocation may be lost; or there
///          are too many.
result<journal_content> read_journal(std::string_view text);

}  // namespace core::rotation
