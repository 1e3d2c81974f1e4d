#include "service/issuers/issuer_directory.hpp"

namespace service {

issuer_view::one keys_given(config::issuer_settings const& from)
{
    issuer_view::one one;
    if (from.keys.keys.empty())
        return one;
    auto set = std::make_shared<core::jwk_set>(from.keys);
    if (!from.is_pem)
        set->index = core::key_index(set->keys, core::set_source::foreign);
    one.keys = std::move(set);
    one.had_keys = true;
    return one;
}

issuer_state state_given(config::issuer_settings const& from)
{
    issuer_state state;
    if (!from.keys.keys.empty())
        state.left_out = from.keys.left_out;
    return state;
}

issuer_directory::issuer_directory(std::shared_ptr<config::settings const> from)
{
    auto view = std::make_shared<issuer_view>();
    view->generation = generation_;
    for (auto const& issuer : from->issuers) {
        view->issuers.push_back(keys_given(issuer));
        states_.push_back(state_given(issuer));
    }
    view->settings = std::move(from);
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

issuer_directory::everything issuer_directory::now() const
{
    std::lock_guard const lock(mutex_);
    return {view_, states_};
}

bool issuer_directory::put(std::size_t issuer, issuer_view::one what)
{
    std::lock_guard const lock(mutex_);
    auto const& now = view_->issuers[issuer];
    bool const is_known = now.source == what.source && now.gate == what.gate;
    if (is_known && now.keys == what.keys && now.is_stale == what.is_stale)
        return false;
    auto view = std::make_shared<issuer_view>(*view_);
    what.had_keys = now.had_keys || what.keys;
    view->issuers[issuer] = std::move(what);
    ++view->generation;
    view_ = std::move(view);
    generation_.store(view_->generation, std::memory_order_release);
    return true;
}

void issuer_directory::tell(std::size_t issuer, issuer_state state)
{
    std::lock_guard const lock(mutex_);
    states_[issuer] = std::move(state);
}

void issuer_directory::replace(issuer_view what, std::vector<issuer_state> states)
{
    auto view = std::make_shared<issuer_view>(std::move(what));
    std::lock_guard const lock(mutex_);
    view->generation = view_->generation + 1;
    view_ = std::move(view);
    states_ = std::move(states);
    generation_.store(view_->generation, std::memory_order_release);
}

}  // namespace service
