#include "service/issuers/issuer_directory.hpp"

namespace service {

issuer_directory::issuer_directory(config::settings const& from)
    : states_(from.issuers.size()), had_keys_(from.issuers.size())
{
    auto view = std::make_shared<issuer_view>();
    view->generation = generation_;
    for (std::size_t i = 0; i < from.issuers.size(); ++i) {
        auto const& given = from.issuers[i].keys;
        auto& one = view->issuers.emplace_back();
        if (given.keys.empty())
            continue;
        auto set = std::make_shared<core::jwk_set>(given);
        if (!from.issuers[i].is_pem)
            set->index = core::key_index(set->keys, core::set_source::foreign);
        one.keys = std::move(set);
        states_[i].left_out = given.left_out;
        had_keys_[i] = true;
    }
    view_ = std::move(view);
}

std::shared_ptr<issuer_view const> issuer_directory::view() const
{
    std::lock_guard const lock(mutex_);
    return view_;
}

std::vector<issuer_state> issuer_directory::states() const
{
    std::lock_guard const lock(mutex_);
    return states_;
}

bool issuer_directory::put(std::size_t issuer, issuer_view::one what)
{
    std::lock_guard const lock(mutex_);
    auto const& now = view_->issuers[issuer];
    if (now.keys == what.keys && now.is_stale == what.is_stale)
        return false;
    auto view = std::make_shared<issuer_view>(*view_);
    if (what.keys)
        had_keys_[issuer].store(true, std::memory_order_relaxed);
    view->issuers[issuer] = std::move(what);
    ++view->generation;
    generation_.store(view->generation, std::memory_order_release);
    view_ = std::move(view);
    return true;
}

void issuer_directory::tell(std::size_t issuer, issuer_state state)
{
    std::lock_guard const lock(mutex_);
    states_[issuer] = std::move(state);
}

}  // namespace service
