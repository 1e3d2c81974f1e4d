#pragma once

#include "core/audit/chain.hpp"
#include "service/audit/file_calls.hpp"

#include <optional>
#include <string_view>

namespace service {

/// What the end of a file of records says.
struct audit_tail {
    bool is_empty = true;   ///< nothing at all is in the file
    bool is_whole = true;   ///< its last line is a record with its own seal, and has its line end
    bool is_ended = false;  ///< by a record `end`: another file continues the chain
    /// Of the last whole line, where that is a record: also when a part of another line follows.
    std::optional<core::audit_place> last{};
};

/// Reads the end of a file: no more than two records.
///
/// size     of the file, in octets.
audit_tail read_audit_tail(files::handle const& file, std::uint64_t size, core::audit_sealer& by);

/// The same of a text that is the end of a file; `is_all` = it is all of it.
audit_tail audit_tail_of(std::string_view text, bool is_all, core::audit_sealer& by);

}  // namespace service
