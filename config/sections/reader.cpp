#include "config/sections/reader.hpp"

#include "config/tree/scalars.hpp"
#include "config/tree/suggest.hpp"
#include "core/base/rfc3339.hpp"

#include <algorithm>
#include <cassert>

namespace config {
namespace {

constexpr std::string_view not_supported = "not supported by this version";
constexpr std::string_view empty = "is empty: leave it out, or say what it holds";

std::string between(std::string const& min, std::string const& max)
{
    return "must be from " + min + " to " + max;
}

bool is_within(row const& one, std::uint64_t value)
{
    return value >= one.min && value <= one.max;
}

milliseconds as_duration(std::uint64_t count)
{
    return milliseconds{static_cast<milliseconds::rep>(count)};
}

/// A value within its range, or nothing.
std::optional<std::uint64_t> within(row const& one, std::optional<std::uint64_t> value)
{
    return value && is_within(one, *value) ? value : std::nullopt;
}

std::optional<milliseconds> within(row const& one, std::optional<milliseconds> value)
{
    bool const is_good = value && *value >= as_duration(one.min) && *value <= as_duration(one.max);
    return is_good ? value : std::nullopt;
}

}  // namespace

map_reader::map_reader(
    node const* map, std::string path, std::span<row const> known, config::report& notes
)
    : map_(map && !map->is_null() ? map : nullptr), path_(std::move(path)), known_(known),
      notes_(&notes)
{
    if (!map_)
        return;
    if (!map_->is_map()) {
        notes.error(path_, "must be a map of settings");
        map_ = nullptr;
        return;
    }
    std::vector<std::string_view> names;
    for (auto const& one : known)
        names.push_back(one.name);
    for (auto const& child : map_->children) {
        auto const found = std::ranges::find(known, child.name, &row::name);
        if (found == known.end())
            notes.error_at_name(
                child, path_of(child.name), "unknown setting" + did_you_mean(child.name, names)
            );
        else if (found->is_later)
            notes.error_at_name(child, path_of(child.name), std::string(not_supported));
        else if (child.is_null() && !path_.empty())
            notes.error_at_name(
                child, path_of(child.name), "has no value: leave it out, or give one"
            );
    }
}

row const& map_reader::row_of(std::string_view name) const
{
    auto const found = std::ranges::find(known_, name, &row::name);
    assert(found != known_.end());
    return *found;
}

node const* map_reader::find(std::string_view name) const
{
    assert(std::ranges::find(known_, name, &row::name) != known_.end());
    auto const* found = map_ ? map_->find(name) : nullptr;
    return found && !found->is_null() ? found : nullptr;
}

void map_reader::error(std::string_view name, std::string text) const
{
    notes_->error(name.empty() ? path_ : path_of(name), std::move(text));
}

void map_reader::refuse_empty(std::string_view name) const
{
    auto const* value = find(name);
    if (value && !value->is_text() && value->children.empty())
        error(name, std::string(empty));
}

bool map_reader::is_empty_list(std::string_view name) const
{
    auto const* value = find(name);
    return value && value->is_list() && value->children.empty();
}

void map_reader::warn(std::string_view name, std::string text) const
{
    notes_->warn(name.empty() ? path_ : path_of(name), std::move(text));
}

bool map_reader::read(std::string_view name, std::string& into) const
{
    auto const* value = find(name);
    if (!value)
        return false;
    if (!value->is_text() || value->text.empty()) {
        error(name, value->is_text() ? "must not be empty" : "must be one text");
        return false;
    }
    into = value->text;
    return true;
}

bool map_reader::read(std::string_view name, std::optional<std::string>& into) const
{
    std::string text;
    if (!read(name, text))
        return false;
    into = std::move(text);
    return true;
}

bool map_reader::read(std::string_view name, bool& into) const
{
    auto const* value = find(name);
    if (!value)
        return false;
    if (!value->is_text() || !value->plain || (value->text != "true" && value->text != "false")) {
        error(name, "must be true or false");
        return false;
    }
    into = value->text == "true";
    return true;
}

bool map_reader::read(std::string_view name, std::vector<std::string>& into) const
{
    auto const* value = find(name);
    if (!value)
        return false;
    if (value->is_text() && !value->text.empty()) {
        into = {value->text};
        return true;
    }
    if (!value->is_list()) {
        error(name, "must be a list of texts");
        return false;
    }
    if (value->children.empty()) {
        error(name, std::string(empty));
        return false;
    }
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < value->children.size(); ++i) {
        auto const& item = value->children[i];
        auto const path = joined(path_of(name), i);
        if (!item.is_text() || item.text.empty())
            notes_->error(path, "must be a text");
        else if (std::ranges::find(texts, item.text) != texts.end())
            notes_->error(path, "`" + item.text + "` stands here twice");
        else
            texts.push_back(item.text);
    }
    into = std::move(texts);
    return true;
}

bool map_reader::read(std::string_view name, std::optional<core::instant>& into) const
{
    std::string text;
    if (!read(name, text))
        return false;
    auto const moment = core::parse_rfc3339(text);
    if (!moment) {
        error(name, "must be a time as RFC 3339 writes it, such as 2026-08-01T00:00:00Z");
        return false;
    }
    into = moment;
    return true;
}

template <class Value>
bool map_reader::is_raised(
    std::string_view name, Value given, std::optional<Value> of_file, Value usual,
    std::string const& usual_in_words
) const
{
    auto const& value = *find(name);
    if (!value.is_variable || row_of(name).variable != variable_may::lower
        || given <= of_file.value_or(usual))
        return false;
    error(
        name,
        "the environment may lower this, not raise it: `" + value.text + "` is above "
            + (of_file ? "the file's, `" + value.replaced : "the default, `" + usual_in_words) + "`"
    );
    return true;
}

bool map_reader::read(std::string_view name, std::uint32_t& into) const
{
    auto const* value = find(name);
    if (!value)
        return false;
    auto const& one = row_of(name);
    return one.shape == shape::size ? read_size(one, *value, into) : read_whole(one, *value, into);
}

bool map_reader::read_whole(row const& one, node const& value, std::uint32_t& into) const
{
    auto const parsed = value.is_text() && value.plain ? parse_whole(value.text) : std::nullopt;
    auto const of_file = within(one, parse_whole(value.replaced));
    if (!parsed)
        error(one.name, "must be a whole number");
    else if (!is_within(one, *parsed))
        error(one.name, between(std::to_string(one.min), std::to_string(one.max)));
    else if (!is_raised(one.name, *parsed, of_file, std::uint64_t{into}, std::to_string(into))) {
        into = static_cast<std::uint32_t>(*parsed);
        return true;
    }
    return false;
}

bool map_reader::read_size(row const& one, node const& value, std::uint32_t& into) const
{
    auto const parsed = value.is_text() ? parse_size(value.text) : std::nullopt;
    auto const of_file = within(one, parse_size(value.replaced));
    if (!parsed)
        error(one.name, "must be octets, such as 65536, 64KiB or 1MiB");
    else if (!is_within(one, *parsed))
        error(one.name, between(std::to_string(one.min), std::to_string(one.max)) + " octets");
    else if (!is_raised(one.name, *parsed, of_file, std::uint64_t{into}, std::to_string(into))) {
        into = static_cast<std::uint32_t>(*parsed);
        return true;
    }
    return false;
}

bool map_reader::read(std::string_view name, std::optional<std::uint32_t>& into) const
{
    std::uint32_t value = 0;
    if (!read(name, value))
        return false;
    into = value;
    return true;
}

std::optional<milliseconds> map_reader::duration(std::string_view name, milliseconds usual) const
{
    auto const* value = find(name);
    if (!value)
        return std::nullopt;
    auto const& one = row_of(name);
    auto const parsed = value->is_text() ? parse_duration(value->text) : std::nullopt;
    auto const of_file = within(one, parse_duration(value->replaced));
    if (!parsed)
        error(name, "must be a duration with its unit (ms, s, m, h, d), such as 30s");
    else if (!within(one, parsed))
        error(name, between(in_words(as_duration(one.min)), in_words(as_duration(one.max))));
    else if (!is_raised(name, *parsed, of_file, usual, in_words(usual)))
        return parsed;
    return std::nullopt;
}

bool map_reader::read(std::string_view name, milliseconds& into) const
{
    auto const length = duration(name, into);
    if (length)
        into = *length;
    return length.has_value();
}

bool map_reader::read(std::string_view name, seconds& into) const
{
    auto const length = duration(name, into);
    if (!length)
        return false;
    if (*length % seconds{1} != milliseconds{0}) {
        error(name, "must be whole seconds");
        return false;
    }
    into = std::chrono::duration_cast<seconds>(*length);
    return true;
}

bool map_reader::read(std::string_view name, std::optional<seconds>& into) const
{
    seconds length{0};
    if (!read(name, length))
        return false;
    into = length;
    return true;
}

std::optional<std::size_t> map_reader::read_word(std::string_view name, std::size_t usual) const
{
    auto const words = row_of(name).words;
    std::string text;
    if (!read(name, text))
        return std::nullopt;
    auto const found = std::ranges::find(words, text);
    if (found == words.end()) {
        error(name, "must be " + one_of(words) + did_you_mean(text, words));
        return std::nullopt;
    }
    auto const index = static_cast<std::size_t>(found - words.begin());
    auto const before = std::ranges::find(words, find(name)->replaced);
    auto const of_file = before == words.end()
        ? std::nullopt
        : std::optional(static_cast<std::size_t>(before - words.begin()));
    if (is_raised(name, index, of_file, usual, std::string(words[usual])))
        return std::nullopt;
    return index;
}

void map_reader::read_place(row const& one, place const& into) const
{
    auto const take = [&](auto value) {
        if constexpr (std::is_pointer_v<decltype(value)>)
            read(one.name, *value);
        else if (auto const word = read_word(one.name, value.index(value.value)))
            value.choose(value.value, *word);
    };
    std::visit(take, into);
}

void map_reader::read_rows(void* into, std::string_view owner, std::optional<topic> only) const
{
    for (auto const& one : known_) {
        if (one.owner == owner && !one.is_by_hand && (!only || *only == one.topic))
            read_place(one, one.place_in(into));
    }
}

void map_reader::refuse(topic about, std::string_view text) const
{
    for (auto const& one : known_) {
        if (one.topic == about && has(one.name))
            error(one.name, std::string(text));
    }
}

std::vector<std::pair<node const*, std::string>>
items_of(node const* list, std::string const& path, report& notes)
{
    std::vector<std::pair<node const*, std::string>> items;
    if (!list || list->is_null())
        return items;
    if (!list->is_list())
        notes.error(path, "must be a list");
    else
        for (std::size_t i = 0; i < list->children.size(); ++i)
            items.emplace_back(&list->children[i], joined(path, i));
    return items;
}

std::vector<std::pair<node const*, std::string>>
members_of(node const* map, std::string const& path, report& notes)
{
    std::vector<std::pair<node const*, std::string>> items;
    if (!map || map->is_null())
        return items;
    if (!map->is_map())
        notes.error(path, "must be a map");
    else
        for (auto const& child : map->children)
            items.emplace_back(&child, joined(path, child.name));
    return items;
}

}  // namespace config
