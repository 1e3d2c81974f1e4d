#include "config/tree/overlay.hpp"

#include "config/rows/rows.hpp"
#include "config/tree/report.hpp"
#include "config/tree/scalars.hpp"
#include "config/tree/suggest.hpp"
#include "config/tree/yaml.hpp"

#include <algorithm>

namespace config {
namespace {

constexpr std::string_view prefix = "SIGNET_";

std::string in_upper_case(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return out;
}

/// A setting that the environment may set, with the name of its variable.
struct open_setting {
    std::string variable;
    std::string_view section, name;
};

std::vector<open_setting> open_settings()
{
    std::vector<open_setting> all;
    for (auto const& section : rows::sections()) {
        for (auto const& one : section.rows) {
            if (one.variable == variable_may::nothing || !section.is_single())
                continue;
            auto const path = std::string(section.name) + "__" + std::string(one.name);
            all.push_back({std::string(prefix) + in_upper_case(path), section.name, one.name});
        }
    }
    return all;
}

std::string refusal_of(std::string_view variable, std::vector<open_setting> const& open)
{
    std::vector<std::string_view> names;
    for (auto const& one : open)
        names.push_back(one.variable);
    return "cannot be set by the environment, only in the file or by --set"
        + did_you_mean(in_upper_case(variable), names);
}

std::vector<std::string> steps_of(std::string_view path)
{
    std::vector<std::string> steps;
    for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
        steps.emplace_back(path.substr(0, dot));
        path.remove_prefix(dot + 1);
    }
    steps.emplace_back(path);
    return steps;
}

/// One value from a variable or a flag.
struct assignment {
    std::string origin;  ///< as problems name it
    std::string by;      ///< as the log names it
    std::vector<std::string> steps;
    std::string text;
    bool is_variable = false;
};

class overlay {
public:
    overlay(node& root, assignment const& given, overlay_report& into)
        : root_(root), given_(given), into_(into)
    {
    }

    void apply()
    {
        auto* at = &root_;
        for (auto const& step : given_.steps) {
            if (step.empty())
                return refuse("a step of the path is empty");
            path_ = at->is_list() ? path_ + "[" + step + "]" : joined(path_, step);
            at = at->is_list() ? item_of(*at, step) : member_of(*at, step);
            if (!at)
                return;
        }
        set(*at);
    }

private:
    void refuse(std::string text)
    {
        into_.problems.push_back({.file = given_.origin, .path = path_, .text = std::move(text)});
    }

    node* item_of(node& list, std::string const& step)
    {
        auto const index = parse_whole(step);
        if (index && *index < list.children.size())
            return &list.children[static_cast<std::size_t>(*index)];
        refuse("the list has no such item");
        return nullptr;
    }

    node* member_of(node& parent, std::string const& step)
    {
        if (parent.is_null())
            parent.kind = node_kind::map;
        if (!parent.is_map()) {
            refuse("there are no settings below this one");
            return nullptr;
        }
        if (auto* found = parent.find(step))
            return found;
        parent.children.push_back({.name = step, .origin = given_.origin});
        return &parent.children.back();
    }

    /// The text of a flag is YAML if it begins a list, a map or a quotation; otherwise it is the
    /// value.
    void set(node& target)
    {
        node value{.kind = node_kind::text, .text = given_.text, .plain = true};
        value.is_variable = given_.is_variable;
        if (given_.is_variable && target.is_text())
            value.replaced = target.text;
        if (!given_.is_variable && given_.text.find_first_of("[{\"'") == 0) {
            auto parsed = parse_yaml(given_.text);
            if (auto const* failed = std::get_if<std::vector<yaml_problem>>(&parsed))
                return refuse("not YAML: " + failed->front().text);
            value = std::move(std::get<node>(parsed));
        }
        value.name = target.name;
        mark_origin(value);
        target = std::move(value);
        note();
    }

    /// Names the variable or flag that set a setting last.
    void note()
    {
        std::erase_if(into_.overrides, [&](auto const& one) { return one.setting == path_; });
        into_.overrides.push_back({path_, given_.by});
    }

    void mark_origin(node& value)
    {
        value.origin = given_.origin;
        value.at = value.name_at = {};
        for (auto& child : value.children)
            mark_origin(child);
    }

    node& root_;
    assignment const& given_;
    overlay_report& into_;
    std::string path_;
};

}  // namespace

bool is_setting(std::string_view variable) noexcept
{
    return variable.starts_with(prefix)
        && variable.substr(prefix.size()).find("__") != std::string_view::npos;
}

void overlay_environment(
    node& root, std::map<std::string, std::string> const& environment, overlay_report& into
)
{
    auto const open = open_settings();
    for (auto const& [name, value] : environment) {
        if (!is_setting(name))
            continue;
        auto const found = std::ranges::find(open, name, &open_setting::variable);
        if (found == open.end()) {
            into.problems.push_back({.file = name, .text = refusal_of(name, open)});
            continue;
        }
        if (value.ends_with('\n') || value.ends_with('\r')) {
            into.problems.push_back({.file = name, .text = "ends in a line break"});
            continue;
        }
        assignment const given{
            .origin = name,
            .by = name,
            .steps = {std::string(found->section), std::string(found->name)},
            .text = value,
            .is_variable = true};
        overlay(root, given, into).apply();
    }
}

void overlay_flags(
    node& root, std::vector<std::pair<std::string, std::string>> const& flags, overlay_report& into
)
{
    for (auto const& [path, value] : flags) {
        assignment const given{
            .origin = "--set " + path, .by = "--set", .steps = steps_of(path), .text = value};
        overlay(root, given, into).apply();
    }
}

}  // namespace config
