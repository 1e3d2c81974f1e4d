#include "config/sections/claim_rules.hpp"

#include "config/tree/scalars.hpp"
#include "config/tree/to_json.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

using core::claim_rule;

// in the order of claim_rule::kind
constexpr std::array<std::string_view, 3> kinds{"equals", "one_of", "contains"};

/// Adds a value as JSON text; reports null, which every claim that is absent could be taken for.
void add_value(reading const& in, node const& value, std::string const& path, claim_rule& to)
{
    auto json = to_json(value);
    if (value.is_null())
        in.notes.error(path, "has no value");
    else if (!json)
        in.notes.error(path, "has a value that JSON cannot hold");
    else if (std::ranges::find(to.values, *json) != to.values.end())
        in.notes.error(path, *json + " appears here twice");
    else
        to.values.push_back(std::move(*json));
}

/// Reads the one member of a rule that is written as a map.
void read_kind(reading const& in, node const& value, std::string const& path, claim_rule& to)
{
    map_reader const item(&value, path, rows::claim_rule, in.notes);
    auto const is_here = [&](std::string_view name) { return item.has(name); };
    if (std::ranges::count_if(kinds, is_here) != 1)
        return item.error("", "needs one of `equals`, `one_of` and `contains`");
    auto const found = std::ranges::find_if(kinds, is_here);
    to.is = static_cast<claim_rule::kind>(found - kinds.begin());
    auto const& content = *item.find(*found);
    auto const where = item.path_of(*found);
    if (to.is == claim_rule::kind::equals || !content.is_list())
        return add_value(in, content, where, to);
    item.refuse_empty(*found);
    for (std::size_t i = 0; i < content.children.size(); ++i)
        add_value(in, content.children[i], joined(where, i), to);
}

}  // namespace

std::vector<claim_rule> read_claim_rules(reading const& in, map_reader const& item)
{
    std::vector<claim_rule> rules;
    item.refuse_empty("claims");
    for (auto const& [value, path] :
         members_of(item.find("claims"), item.path_of("claims"), in.notes)) {
        claim_rule rule;
        rule.claim = value->name;
        if (!is_claim(rule.claim))
            in.notes.error_at_name(*value, path, "is neither a claim nor a JSON pointer");
        if (value->is_list())
            in.notes.error(
                path,
                "is a list: write {one_of: […]} for one of these values, or {contains: […]} for an "
                "array that has all of them"
            );
        else if (value->is_map())
            read_kind(in, *value, path, rule);
        else
            add_value(in, *value, path, rule);
        rules.push_back(std::move(rule));
    }
    return rules;
}

}  // namespace config
