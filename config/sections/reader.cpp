#include "config/sections/reader.hpp"

#include "config/tree/scalars.hpp"
#include "config/tree/suggest.hpp"
#include "core/base/rfc3339.hpp"

#include <algorithm>
#include <cassert>

namespace config {
namespace {

constexpr std::string_view not_supported = "not supported by this version";
constexpr std::string_view empty = "is empty: leave it out, or give it a value";

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
        else if (!found->replaced_by.empty())
            notes.warn_at_name(child, path_of(child.name), std::string(found->replaced_by));
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
            notes_->error(path, "`" + item.text + "` appears here twice");
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
        error(name, "must be a time in RFC 3339 form, such as 2026-08-01T00:00:00Z");
        return false;
    }
    into = moment;
    return true;
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
