#include "service/cli/suggestion.hpp"

#include <algorithm>

namespace service::cli {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    for (;;) {
        auto const end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == text.npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

bool is_literal(std::string_view word)
{
    return !word.empty()
        && std::ranges::all_of(word, [](char one) { return one >= 'a' && one <= 'z'; });
}

}  // namespace

suggestion suggestion_for(option const& of)
{
    if (!of.values.empty())
        return {offers::words, {of.values.begin(), of.values.end()}};
    if (of.placeholder == "FILE")
        return {offers::files, {}};
    return {of.placeholder == "JSON" ? offers::files_after_at : offers::nothing, {}};
}

suggestion suggestion_for_operands(command const& of)
{
    auto const parts = split(of.operands, '|');
    if (std::ranges::all_of(parts, is_literal))
        return {offers::words, parts};
    if (of.operands.find("@FILE") != std::string_view::npos)
        return {offers::files_after_at, {}};
    return {of.operands.starts_with("FILE") ? offers::files : offers::nothing, {}};
}

bool needs_value(option const& of) noexcept
{
    return of.value == takes::one || of.value == takes::many;
}

std::string spaced(std::vector<std::string_view> const& texts)
{
    std::string all;
    for (auto const text : texts) {
        if (!all.empty())
            all += ' ';
        all += text;
    }
    return all;
}

}  // namespace service::cli
