#include "config/tree/scalars.hpp"
#include "config/values/key_origin.hpp"
#include "config/values/settings.hpp"
#include "core/base/rfc3339.hpp"
#include "tests/config/rows/generated.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

namespace generated {
namespace {

using config::shape;

/// One of each struct that has the member of a row, with its defaults.
using owners = std::tuple<
    config::settings, config::server_settings, config::listener, config::tls_settings,
    config::limit_settings, config::crypto_settings, config::log_settings, core::ring_key,
    config::key_origin, config::issuer_settings, config::fetch_settings, config::verify_profile,
    core::scope_rule, core::access_rule, config::sign_profile, config::caller_settings,
    config::certificate_names, config::caller_token, config::caller_rate, config::inline_settings,
    config::reload_settings, config::rotated_series, config::audit_settings>;

std::string in_words(config::row const& one, std::uint32_t value)
{
    return one.shape == shape::size ? config::size_in_words(value) : std::to_string(value);
}
std::string in_words(config::row const&, bool value)
{
    return value ? "true" : "false";
}
std::string in_words(config::row const&, std::string const& value)
{
    return value.empty() ? "none" : value;
}
std::string in_words(config::row const&, config::milliseconds value)
{
    return config::in_words(value);
}
std::string in_words(config::row const&, core::instant value)
{
    return core::rfc3339(value);
}
std::string in_words(config::row const&, std::vector<std::string> const& value)
{
    std::string all;
    for (auto const& one : value)
        all += (all.empty() ? "" : ", ") + one;
    return all.empty() ? "none" : all;
}
template <class Value>
std::string in_words(config::row const& one, std::optional<Value> const& value)
{
    return value ? in_words(one, *value) : "none";
}

/// Numbers, booleans and words such as "none" are plain text in a table; other values are code.
std::string default_cell(config::row const& one)
{
    if (one.usual)
        return std::string(*one.usual);
    auto const text = default_of(one);
    bool const is_plain =
        text == "none" || one.shape == shape::whole || one.shape == shape::boolean;
    return is_plain ? text : "`" + text + "`";
}

std::string variable_of(config::row const& one)
{
    switch (one.variable) {
    case config::variable_may::nothing: return "";
    case config::variable_may::set: return " (env)";
    case config::variable_may::lower: return " (env: lower)";
    }
    return "";
}

/// A row, and the rows that share its line.
using line = std::span<config::row const>;

std::vector<line> lines_of(std::span<config::row const> all)
{
    std::vector<line> lines;
    for (std::size_t i = 0; i < all.size();) {
        auto end = i + 1;
        while (end < all.size() && all[end].says.empty() && all[end].is_read())
            ++end;
        if (all[i].is_read() && all[i].is_in_table)
            lines.push_back(all.subspan(i, end - i));
        i = end;
    }
    return lines;
}

std::string names_of(line const& one, std::string const& prefix)
{
    std::string names;
    for (auto const& each : one)
        names += (names.empty() ? "`" : ", `") + prefix + std::string(each.name) + "`";
    return names;
}

std::string defaults_of(line const& one, std::string (*cell)(config::row const&))
{
    std::vector<std::string> different;
    for (auto const& each : one) {
        auto text = cell(each);
        if (!text.empty() && std::ranges::find(different, text) == different.end())
            different.push_back(std::move(text));
    }
    return different.empty() ? "" : in_words(one.front(), different);
}

/// "| a | b |"; an empty cell is one space.
std::string table_line(std::vector<std::string> const& cells)
{
    std::string out = "|";
    for (auto const& cell : cells)
        out += cell.empty() ? " |" : " " + cell + " |";
    return out + "\n";
}

config::section const* section_at(std::string const& where)
{
    auto const all = config::rows::sections();
    auto const found = std::ranges::find(all, where, &config::section::where);
    return found == all.end() ? nullptr : &*found;
}

std::string lines_of_section(config::section const& section, std::string const& prefix)
{
    std::string out;
    for (auto const& one : lines_of(section.rows)) {
        out += table_line(
            {names_of(one, prefix), defaults_of(one, default_cell),
             std::string(one.front().says) + variable_of(one.front())}
        );
        auto const name = std::string(one.front().name);
        auto const where = std::string(section.where) + "." + name;
        if (auto const* items = section_at(where + "[]"))
            out += lines_of_section(*items, "….");
        else if (auto const* inner = section_at(where))
            out += lines_of_section(*inner, prefix + name + ".");
    }
    return out;
}

/// A heading, and the settings below it; limits have a table of their own.
std::string lines_of_root(config::row const& one)
{
    auto const name = std::string(one.name);
    config::section const* section = nullptr;
    for (auto const* suffix : {"", "[]", ".NAME"})
        section = section ? section : section_at(name + suffix);
    auto const where = section ? std::string(section->where) : name;
    auto const cell = one.usual ? std::string(*one.usual) : default_of(one);
    auto const heading = table_line({"**" + where + "**", cell, std::string(one.says)});
    if (!section || name == "limits")
        return heading;
    return heading + lines_of_section(*section, section->is_single() ? where + "." : "");
}

std::string limit_default(config::row const& one)
{
    return one.usual ? std::string(*one.usual) : default_of(one);
}

}  // namespace

std::string value_in(config::row const& one, void* owner)
{
    auto const take = [&](auto value) {
        if constexpr (std::is_pointer_v<decltype(value)>)
            return in_words(one, *value);
        else
            return std::string(one.words[value.index(value.value)]);
    };
    return std::visit(take, one.place_in(owner));
}

std::string default_of(config::row const& one)
{
    owners usual;
    void* owner = nullptr;
    auto const find = [&]<class Owner>(Owner& candidate) {
        if (one.owner == config::name_of<Owner>())
            owner = &candidate;
    };
    std::apply([&](auto&... each) { (find(each), ...); }, usual);
    if (owner == nullptr)
        throw std::logic_error("no default for members of " + std::string(one.owner));
    return value_in(one, owner);
}

std::string settings_table()
{
    std::string out = "| setting | default | meaning |\n|---|---|---|\n";
    for (auto const& one : config::rows::root) {
        if (one.is_read())
            out += lines_of_root(one);
    }
    return out;
}

std::string limits_table()
{
    std::string out = "| setting | default | of what | code |\n|---|---|---|---|\n";
    for (auto const& one : lines_of(config::rows::limits))
        out += table_line(
            {names_of(one, ""), defaults_of(one, limit_default), std::string(one.front().says),
             std::string(one.front().code)}
        );
    return out;
}

}  // namespace generated
