#include "service/audit/audit_tail.hpp"

#include <algorithm>

namespace service {

audit_tail audit_tail_of(std::string_view text, bool is_all, core::audit_sealer& by)
{
    audit_tail found;
    found.is_empty = text.empty();
    if (text.empty())
        return found;
    found.is_whole = false;
    bool const is_torn = !text.ends_with('\n');
    auto const last_end = text.rfind('\n');
    if (last_end == std::string_view::npos)
        return found;
    text = text.substr(0, last_end);
    auto const before = text.rfind('\n');
    if (before == std::string_view::npos && !is_all)
        return found;
    auto const line = before == std::string_view::npos ? text : text.substr(before + 1);
    auto const record = core::read_audit_line(line);
    if (!record || by.seal_of(record->sealed) != record->seal)
        return found;
    found.is_whole = !is_torn;
    found.is_ended = !is_torn && record->is_event("end");
    found.last = core::audit_place{record->seq, std::string(record->seal)};
    return found;
}

audit_tail read_audit_tail(files::handle const& file, std::uint64_t size, core::audit_sealer& by)
{
    // A whole line with its line end and the one before, and a part of another one.
    constexpr std::uint64_t most = 2 * core::audit_line_max + 2;
    auto const begin = size - std::min(size, most);
    auto const text = files::read(file, begin, static_cast<std::size_t>(size - begin));
    return audit_tail_of(text, begin == 0, by);
}

}  // namespace service
