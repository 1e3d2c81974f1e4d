#include "config/tree/node.hpp"

#include <algorithm>

namespace config {

node const* node::find(std::string_view member) const noexcept
{
    auto const found = std::ranges::find(children, member, &node::name);
    return is_map() && found != children.end() ? &*found : nullptr;
}

node* node::find(std::string_view member) noexcept
{
    auto const found = std::ranges::find(children, member, &node::name);
    return is_map() && found != children.end() ? &*found : nullptr;
}

}  // namespace config
