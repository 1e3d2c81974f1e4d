#include "config/overlay.hpp"

#include "config/report.hpp"
#include "config/scalars.hpp"
#include "config/yaml.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

constexpr std::string_view prefix = "SIGNET_";

/// Who may ask for what is decided in the file, which is reviewed, and not by whoever can add a
/// variable to a process.
constexpr std::array<std::string_view, 6> closed_to_environment{
    "callers", "issuers", "verify_profiles", "sign_profiles", "inline_keys", "admin"};

std::vector<std::string> split(std::string_view text, std::string_view separator)
{
    std::vector<std::string> steps;
    for (auto at = text.find(separator); at != std::string_view::npos; at = text.find(separator)) {
        steps.emplace_back(text.substr(0, at));
        text.remove_prefix(at + separator.size());
    }
    steps.emplace_back(text);
    return steps;
}

/// One value given from outside the file.
struct assignment {
    std::string origin;
    std::vector<std::string> steps;
    std::string text;
};

class overlay {
public:
    overlay(node& root, assignment const& given, std::vector<notice>& problems)
        : root_(root), given_(given), problems_(problems)
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
        problems_.push_back({.file = given_.origin, .path = path_, .text = std::move(text)});
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

    /// Texts that begin a list, a map or a quotation are YAML; others stand for themselves.
    void set(node& target)
    {
        node value{.kind = node_kind::text, .text = given_.text, .plain = true};
        if (given_.text.find_first_of("[{\"'") == 0) {
            auto parsed = parse_yaml(given_.text);
            if (auto const* failed = std::get_if<std::vector<yaml_problem>>(&parsed))
                return refuse("not YAML: " + failed->front().text);
            value = std::move(std::get<node>(parsed));
        }
        value.name = target.name;
        mark_origin(value);
        target = std::move(value);
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
    std::vector<notice>& problems_;
    std::string path_;
};

}  // namespace

bool is_setting(std::string_view variable) noexcept
{
    return variable.starts_with(prefix)
        && variable.substr(prefix.size()).find("__") != std::string_view::npos;
}

void overlay_environment(
    node& root, std::map<std::string, std::string> const& environment, std::vector<notice>& problems
)
{
    for (auto const& [name, value] : environment) {
        if (!is_setting(name))
            continue;
        assignment const given{name, split(in_lower_case(name.substr(prefix.size())), "__"), value};
        if (std::ranges::find(closed_to_environment, given.steps.front())
            != closed_to_environment.end())
            problems.push_back(
                {.file = name,
                 .path = given.steps.front(),
                 .text = "cannot be set by the environment, only in the file or by --set"}
            );
        else
            overlay(root, given, problems).apply();
    }
}

void overlay_flags(
    node& root, std::vector<std::pair<std::string, std::string>> const& flags,
    std::vector<notice>& problems
)
{
    for (auto const& [path, value] : flags) {
        assignment const given{"--set " + path, split(path, "."), value};
        overlay(root, given, problems).apply();
    }
}

}  // namespace config
