#include "core/policy/path_tree.hpp"

#include "core/policy/path_pattern.hpp"

#include <algorithm>
#include <functional>

namespace core {

std::size_t path_tree::edge_hash::operator()(edge_view one) const noexcept
{
    constexpr std::size_t spread = 0x9e3779b97f4a7c15U;  // 2^64 divided by the golden ratio
    return std::hash<std::string_view>{}(one.segment) ^ (one.parent + 1) * spread;
}

std::uint32_t path_tree::literal_child(std::uint32_t parent, std::string_view segment) const
{
    if (segment.size() > longest_)
        return 0;
    auto const found = literals_.find(edge_view(parent, segment));
    return found == literals_.end() ? 0 : found->second;
}

std::uint32_t path_tree::child_for(std::uint32_t parent, std::string_view segment)
{
    bool const is_any = is_any_segment(segment);
    auto child = is_any ? nodes_[parent].any : literal_child(parent, segment);
    if (child != 0)
        return child;
    child = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
    if (is_any)
        nodes_[parent].any = child;
    else
        literals_.emplace(edge{parent, std::string(segment)}, child);
    longest_ = std::max(longest_, segment.size());
    return child;
}

void path_tree::add(std::string_view pattern, number order)
{
    if (nodes_.empty())
        nodes_.emplace_back();
    std::uint32_t at = 0;
    while (true) {
        nodes_[at].first = std::min(nodes_[at].first, order);
        if (pattern.empty())
            return nodes_[at].ends.push_back(order);
        auto const segment = take_segment(pattern);
        if (is_rest(segment))
            return nodes_[at].rests.push_back(order);
        at = child_for(at, segment);
    }
}

}  // namespace core
