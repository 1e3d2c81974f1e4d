#include "core/jws/header_memo.hpp"

#include <algorithm>
#include <functional>

namespace core {

header_memo::entry_set& header_memo::set_of(std::string_view text) noexcept
{
    return sets_[std::hash<std::string_view>{}(text) % sets_.size()];
}

jws_header const* header_memo::find(std::string_view protected_b64) noexcept
{
    if (protected_b64.empty() || protected_b64.size() > text_size_max)
        return nullptr;
    auto& among = set_of(protected_b64);
    auto const found = std::ranges::find(among, protected_b64, &entry::text);
    if (found == among.end())
        return nullptr;
    std::rotate(among.begin(), found, found + 1);
    return &among.front().header;
}

void header_memo::keep(std::string_view protected_b64, jws_header const& header)
{
    if (protected_b64.empty() || protected_b64.size() > text_size_max
        || find(protected_b64) != nullptr)
        return;
    auto& among = set_of(protected_b64);
    std::rotate(among.begin(), among.end() - 1, among.end());
    among.front() = {std::string(protected_b64), header};
}

std::size_t header_memo::size() const noexcept
{
    std::size_t count = 0;
    for (auto const& among : sets_)
        count += static_cast<std::size_t>(std::ranges::count_if(among, [](entry const& one) {
            return !one.text.empty();
        }));
    return count;
}

}  // namespace core
