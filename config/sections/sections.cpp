#include "config/sections/sections.hpp"

#include "config/tree/scalars.hpp"
#include "config/tree/suggest.hpp"
#include "core/algorithms/signature_algorithm.hpp"

#include <algorithm>

namespace config {

std::string read_new_name(map_reader const& item, std::set<std::string, std::less<>>& taken)
{
    std::string name;
    if (!item.has("name"))
        item.error("", "needs a `name`");
    else if (item.read("name", name)) {
        if (!is_name(name))
            item.error("name", "must have at most 64 letters, digits, _ or -");
        else if (!taken.insert(name).second)
            item.error("name", "`" + name + "` is taken");
        else
            return name;
    }
    return {};
}

std::string algorithm_hint(std::string_view text)
{
    std::vector<std::string_view> names;
    for (auto const& row : core::signature_algorithms)
        names.push_back(row.name);
    return did_you_mean(text, names);
}

bool are_algorithms(
    map_reader const& item, std::string_view member, std::vector<std::string> const& names
)
{
    bool good = true;
    for (auto const& name : names) {
        if (core::find_signature_algorithm(name))
            continue;
        good = false;
        item.error(member, "`" + name + "` is not a signature algorithm" + algorithm_hint(name));
    }
    return good;
}

std::vector<core::cidr> read_ranges(map_reader const& item, std::string_view member)
{
    std::vector<std::string> texts;
    std::vector<core::cidr> ranges;
    item.read(member, texts);
    for (auto const& text : texts) {
        if (auto const range = core::parse_cidr(text))
            ranges.push_back(*range);
        else
            item.error(member, "`" + text + "` is not a range such as 10.0.0.0/8 or fd00::/8");
    }
    return ranges;
}

bool is_issuer(std::string_view text) noexcept
{
    return !text.empty() && text.size() <= 1024 && std::ranges::all_of(text, [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
    });
}

}  // namespace config
