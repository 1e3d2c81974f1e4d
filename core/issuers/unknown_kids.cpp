#include "core/issuers/unknown_kids.hpp"

#include "core/crypto/digest.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace core {

/// The names are digests, so any part of one can serve as its hash.
std::size_t unknown_kids::name_hash::operator()(name const& n) const noexcept
{
    std::size_t hash = 0;
    std::memcpy(&hash, n.data(), sizeof hash);
    return hash;
}

unknown_kids::name unknown_kids::name_of(std::string_view kid)
{
    auto const octets = crypto::digest(hash::sha256, as_bytes(kid));
    name made;
    std::copy_n(octets.begin(), made.size(), made.begin());
    return made;
}

bool unknown_kids::is_refused(std::string_view kid, uptime now) const
{
    if (refused_until_.empty())
        return false;
    auto const found = refused_until_.find(name_of(kid));
    return found != refused_until_.end() && now < found->second;
}

void unknown_kids::ask(std::string_view kid)
{
    if (asked_.size() >= entries_max)
        return;
    auto const one = name_of(kid);
    if (std::ranges::find(asked_, one) == asked_.end())
        asked_.push_back(one);
}

void unknown_kids::begin()
{
    in_question_ = std::exchange(asked_, {});
}

void unknown_kids::settle(bool has_changed, uptime now)
{
    if (has_changed) {
        refused_until_.clear();
        in_order_.clear();
    }
    for (auto const& one : in_question_)
        refuse(one, now + refused_for);
    in_question_.clear();
}

void unknown_kids::refuse(name const& one, uptime until)
{
    auto const [place, is_new] = refused_until_.insert_or_assign(one, until);
    if (!is_new)
        return;
    in_order_.push_back(one);
    if (in_order_.size() > entries_max) {
        refused_until_.erase(in_order_.front());
        in_order_.pop_front();
    }
}

}  // namespace core
