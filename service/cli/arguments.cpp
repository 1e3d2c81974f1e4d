#include "service/cli/arguments.hpp"

#include "config/tree/scalars.hpp"
#include "config/tree/suggest.hpp"
#include "service/cli/terminal.hpp"

#include <algorithm>
#include <string>

namespace service::cli {
namespace {

[[noreturn]] void refuse(std::string_view name, std::string_view sentence)
{
    throw stop{exit_code::usage, std::string(name) + " " + std::string(sentence)};
}

option const& find(std::span<option const> options, std::string_view name)
{
    auto const found = std::ranges::find(options, name, &option::name);
    if (found != options.end())
        return *found;
    std::vector<std::string_view> known{"--help"};
    for (auto const& one : options)
        known.push_back(one.name);
    throw stop{
        exit_code::usage,
        "unknown option " + std::string(name) + config::did_you_mean(name, known)};
}

/// A kid may begin with '-', and has to be usable as it is printed: no option is as long as the
/// thumbprint of a key.
bool is_operand(std::string_view word)
{
    constexpr std::size_t thumbprint_size = 43;
    bool const is_long = word.size() >= thumbprint_size && word.find('=') == word.npos;
    return word == "-" || !word.starts_with('-') || is_long;
}

}  // namespace

arguments arguments::parse(std::span<option const> options, std::span<std::string_view const> words)
{
    arguments read;
    for (std::size_t i = 0; i < words.size(); ++i) {
        auto const word = words[i];
        if (word == "--") {
            read.operands_.insert(
                read.operands_.end(), words.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                words.end()
            );
            break;
        }
        if (word == "--help" || word == "-h") {
            read.wants_help_ = true;
            return read;
        }
        if (is_operand(word)) {
            read.operands_.push_back(word);
            continue;
        }
        auto const equals = word.find('=');
        auto const& row = find(options, word.substr(0, equals));
        bool const is_inline = equals != std::string_view::npos;
        if (row.value == takes::nothing && is_inline)
            refuse(row.name, "takes no value");
        if (row.value != takes::many && read.has(row.name))
            refuse(row.name, "appears twice");
        std::string_view value = is_inline ? word.substr(equals + 1) : std::string_view{};
        bool const needs_value = row.value == takes::one || row.value == takes::many;
        if (needs_value && !is_inline) {
            // A forgotten value would swallow the next option.
            if (i + 1 == words.size() || words[i + 1].starts_with("--"))
                refuse(row.name, "needs a value");
            value = words[++i];
        }
        if (value.empty() && (needs_value || is_inline))
            refuse(row.name, "has an empty value");
        read.given_.emplace_back(row.name, value);
    }
    return read;
}

bool arguments::has(std::string_view name) const noexcept
{
    return value(name).has_value();
}

std::optional<std::string_view> arguments::value(std::string_view name) const noexcept
{
    for (auto const& [given, text] : given_) {
        if (given == name)
            return text;
    }
    return std::nullopt;
}

std::vector<std::string_view> arguments::values(std::string_view name) const
{
    std::vector<std::string_view> all;
    for (auto const& [given, text] : given_) {
        if (given == name)
            all.push_back(text);
    }
    return all;
}

std::optional<std::chrono::seconds> arguments::duration(std::string_view name) const
{
    auto const text = value(name);
    if (!text)
        return std::nullopt;
    auto const read = config::parse_duration(*text);
    if (!read || *read % std::chrono::seconds(1) != std::chrono::milliseconds(0))
        refuse(name, "must be a duration in whole seconds: 30s, 15m, 24h or 7d");
    return std::chrono::duration_cast<std::chrono::seconds>(*read);
}

}  // namespace service::cli
