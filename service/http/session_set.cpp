#include "service/http/session_set.hpp"

#include <algorithm>

namespace service::http {

void session_set::sweep(steady_time now)
{
    for (auto& one : all_)
        one.sweep(now);
}

void session_set::close_idle(steady_time now)
{
    is_closing_ = true;
    for (auto& one : all_)
        one.close_when_idle(now);
}

bool session_set::end_one_that_waits(listen_point const* at, peer_group const* of)
{
    session* newcomer = nullptr;
    for (auto& one : all_) {
        bool const fits = one.is_waiting()
            && (at == nullptr || (&one.at() == at && one.has_place()))
            && (of == nullptr || one.group() == *of);
        if (fits && one.is_idle() && one.has_served()) {
            one.give_way();
            return true;
        }
        if (fits && newcomer == nullptr)
            newcomer = &one;
    }
    if (newcomer != nullptr)
        newcomer->give_way();
    return newcomer != nullptr;
}

bool session_set::is_serving() const
{
    return std::ranges::any_of(all_, [](session const& one) { return one.is_serving(); });
}

/// Which handshake ends for that of a newcomer.
session& session_set::longest_for(session const& newcomer)
{
    auto const found = shaking_of_.find(newcomer.group());
    auto const own = found == shaking_of_.end() ? 0 : found->second;
    if (own == 0 || own < handshakes_ / shaking_of_.size())
        return shaking_.front();
    return *std::ranges::find_if(shaking_, [&](session const& one) {
        return one.group() == newcomer.group();
    });
}

void session_set::begin_handshake(session& one)
{
    while (handshakes_ >= handshakes_max_ && !shaking_.empty()) {  // several after a lower limit
        auto& longest = longest_for(one);
        end_handshake(longest);
        longest.end_handshake_for_others();
    }
    shaking_.push_back(one);
    ++shaking_of_[one.group()];
    ++handshakes_;
}

void session_set::end_handshake(session& one) noexcept
{
    auto& hook = static_cast<handshake_hook&>(one);
    if (!hook.is_linked())
        return;
    hook.unlink();
    auto const of = shaking_of_.find(one.group());
    if (--of->second == 0)
        shaking_of_.erase(of);
    --handshakes_;
}

void session_set::close_all()
{
    is_closing_ = true;
    for (auto& one : all_)
        one.close_now();
}

}  // namespace service::http
