#include "service/cli/command.hpp"

#include <algorithm>

namespace service::cli {

std::string_view group_of(std::string_view word)
{
    auto const found = std::ranges::find(command_groups, word);
    return found == command_groups.end() ? std::string_view{} : *found;
}

std::string_view group_of(command const& one)
{
    return group_of(one.name.substr(0, one.name.find(' ')));
}

std::vector<std::string_view> names_of(std::string_view group)
{
    std::vector<std::string_view> names;
    for (auto const* one : all_commands) {
        if (group_of(*one) == group)
            names.push_back(one->name.substr(group.empty() ? 0 : group.size() + 1));
    }
    return names;
}

}  // namespace service::cli
