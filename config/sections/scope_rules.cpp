#include "config/sections/scope_rules.hpp"

#include <algorithm>

namespace config {

core::scope_rule read_scopes(reading const& in, map_reader const& item)
{
    core::scope_rule into;
    auto const* value = item.find("scopes");
    if (value == nullptr)
        return into;
    if (!value->is_map()) {
        item.read("scopes", into.all);
        return into;
    }
    item.refuse_empty("scopes");
    map_reader const both(value, item.path_of("scopes"), rows::scope_rule, in.notes);
    both.read_all(into);
    for (auto const& name : into.any) {
        if (std::ranges::find(into.all, name) != into.all.end())
            both.error("any", "`" + name + "` is in `all`, so that `any` decides nothing");
    }
    return into;
}

}  // namespace config
