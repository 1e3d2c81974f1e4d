#include "core/audit/chain.hpp"

#include <algorithm>
#include <charconv>

namespace core {
namespace {

constexpr std::string_view seq_mark = "{\"seq\":", prev_mark = ",\"prev\":\"", prev_end = "\",",
                           seal_mark = ",\"seal\":\"", line_end = "\"}";

bool is_seal(std::string_view text) noexcept
{
    return text.size() == audit_sealer::seal_size && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                   || c == '-' || c == '_';
           });
}

bool skip(std::string_view& text, std::string_view mark) noexcept
{
    if (!text.starts_with(mark))
        return false;
    text.remove_prefix(mark.size());
    return true;
}

/// A number of a record, read from the beginning of `text`.
std::optional<std::uint64_t> take_number(std::string_view& text) noexcept
{
    std::uint64_t number = 0;
    auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc{} || end == text.data())
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

}  // namespace

void audit_chain::append(std::string& out, std::string_view members)
{
    auto const begin = out.size();
    out.append(seq_mark).append(std::to_string(last_.seq + 1)).append(prev_mark);
    out.append(last_.seal).append(prev_end).append(members);
    auto seal = by_.seal_of(std::string_view(out).substr(begin));
    out.append(seal_mark).append(seal).append(line_end).append("\n");
    ++last_.seq;
    last_.seal = std::move(seal);
}

bool audit_line::is_event(std::string_view name) const
{
    // The first one is the record's own: before it is only the time. Listed claims come later.
    constexpr std::string_view mark = ",\"event\":\"";
    auto const found = sealed.find(mark);
    if (found == std::string_view::npos)
        return false;
    auto const rest = sealed.substr(found + mark.size());
    return rest.starts_with(name) && rest.substr(name.size()).starts_with('"');
}

std::optional<audit_line> read_audit_line(std::string_view line) noexcept
{
    constexpr auto tail = seal_mark.size() + audit_sealer::seal_size + line_end.size();
    if (line.size() > audit_line_max || line.size() < tail || !line.ends_with(line_end))
        return std::nullopt;
    audit_line read;
    read.sealed = line.substr(0, line.size() - tail);
    auto rest = line.substr(read.sealed.size());
    if (!skip(rest, seal_mark))
        return std::nullopt;
    read.seal = rest.substr(0, audit_sealer::seal_size);
    auto head = read.sealed;
    bool const has_leading_zero = head.size() > seq_mark.size() && head[seq_mark.size()] == '0';
    if (!skip(head, seq_mark) || has_leading_zero)
        return std::nullopt;
    auto const seq = take_number(head);
    if (!seq || !skip(head, prev_mark))
        return std::nullopt;
    read.seq = *seq;
    read.prev = head.substr(0, audit_sealer::seal_size);
    head.remove_prefix(read.prev.size());
    if (!skip(head, prev_end) || !is_seal(read.prev) || !is_seal(read.seal))
        return std::nullopt;
    return read;
}

std::string audit_position(audit_place const& last)
{
    auto const digits = std::to_string(last.seq);
    return std::string(20 - digits.size(), '0') + digits + " " + last.seal + "\n";
}

std::optional<audit_place> parse_audit_position(std::string_view text)
{
    if (text.ends_with('\n'))
        text.remove_suffix(1);
    auto const seq = take_number(text);
    if (!seq || text.empty() || (text.front() != ' ' && text.front() != ':'))
        return std::nullopt;
    text.remove_prefix(1);
    if (!is_seal(text))
        return std::nullopt;
    return audit_place{*seq, std::string(text)};
}

}  // namespace core
