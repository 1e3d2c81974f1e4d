#pragma once

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace core {

/// Names that are looked up often. They are sorted once, so that comparing two long lists of a
/// stranger costs little more than reading them. Views: the texts must outlive it.
class name_set {
public:
    name_set() = default;
    explicit name_set(std::vector<std::string_view> names) : names_(std::move(names))
    {
        std::ranges::sort(names_);
    }

    bool contains(std::string_view name) const noexcept
    {
        return std::ranges::binary_search(names_, name);
    }
    bool has_duplicates() const noexcept
    {
        return std::ranges::adjacent_find(names_) != names_.end();
    }

private:
    std::vector<std::string_view> names_;
};

/// The names of the members of a range of JSON values.
template <class Members> name_set names_of(Members const& members)
{
    std::vector<std::string_view> names;
    for (auto const member : members)
        names.push_back(member.name());
    return name_set(std::move(names));
}

}  // namespace core
