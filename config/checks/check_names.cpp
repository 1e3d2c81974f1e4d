#include "config/checks/check_names.hpp"

#include "config/tree/suggest.hpp"

#include <algorithm>

namespace config {

std::string hint(std::string_view text, std::set<std::string, std::less<>> const& known)
{
    std::vector<std::string_view> const views(known.begin(), known.end());
    return did_you_mean(text, views);
}

core::ring_key const* first_of(settings const& all, std::string_view series)
{
    auto const found = std::ranges::find(all.keys, series, &core::ring_key::series);
    return found == all.keys.end() ? nullptr : &*found;
}

void check_callers(
    draft const& read, std::vector<std::string> const& callers, std::string const& path,
    report& notes
)
{
    for (auto const& one : callers) {
        if (!read.named.callers.contains(one))
            notes.error(path, "there is no caller `" + one + "`" + hint(one, read.named.callers));
    }
}

}  // namespace config
