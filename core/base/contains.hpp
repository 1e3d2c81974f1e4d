#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// Whether the list has this text.
inline bool contains(std::vector<std::string> const& list, std::string_view one)
{
    return std::ranges::find(list, one) != list.end();
}

}  // namespace core
