#include "service/operations/request_members.hpp"

#include <algorithm>

namespace service {

std::optional<core::json::value> request_members::find(std::string_view name) const noexcept
{
    if (own_.is_string() && name == "token")
        return own_;
    auto const found = own_.find(name);
    return found || !shared_ || name == list_ ? found : shared_->find(name);
}

std::optional<std::string_view>
request_members::first_not_in(std::span<std::string_view const> known) const
{
    auto const is_known = [&](std::string_view name) {
        return std::ranges::find(known, name) != known.end();
    };
    if (own_.is_string() && !is_known("token"))
        return "token";
    for (auto const member : own_) {
        if (own_.is_object() && !is_known(member.name()))
            return member.name();
    }
    if (!shared_)
        return std::nullopt;
    for (auto const member : *shared_) {
        if (member.name() != list_ && !is_known(member.name()))
            return member.name();
    }
    return std::nullopt;
}

std::vector<std::string_view> request_members::first_names(std::size_t count) const
{
    std::vector<std::string_view> names;
    if (!own_.is_object())
        return names;
    for (auto const member : own_) {
        if (names.size() == count)
            break;
        names.push_back(member.name());
    }
    return names;
}

}  // namespace service
