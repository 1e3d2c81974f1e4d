#include "service/state/key_tables.hpp"

#include <utility>

namespace service {

using core::crypto::key_ptr;

key_tables::key_tables(std::size_t places_max, run_function run_later)
    : places_max_(places_max), run_later_(std::move(run_later)), policy_(places_max)
{
}

void key_tables::change(std::size_t places_max)
{
    bool is_retiring = false;
    {
        std::scoped_lock const lock(guard_);
        if (places_max == places_max_)
            return;
        places_max_ = places_max;
        policy_ = core::crypto::table_policy(places_max);
        to_make_.clear();
        while (!places_.empty()) {
            is_retiring = is_retiring || places_.begin()->second.table;
            retire(places_.begin());
        }
    }
    if (is_retiring)
        tell_of_retirement();
}

std::shared_ptr<core::crypto::key_table const> key_tables::note(key_ptr const& of, unsigned uses)
{
    if (places_max_ == 0)
        return nullptr;
    table_ptr found;
    bool is_retiring = false;
    {
        std::scoped_lock const lock(guard_);
        is_retiring = drop_keys_that_are_gone();
        auto const what = policy_.note(of.get(), uses);
        if (what.gives_up != nullptr) {
            auto const other = places_.find(static_cast<core::crypto::key const*>(what.gives_up));
            is_retiring = is_retiring || other->second.table;
            retire(other);
        }
        if (what.earns) {
            places_.emplace(of.get(), place{of});
            to_make_.push_back(of.get());
        } else if (auto const mine = places_.find(of.get()); mine != places_.end()) {
            found = mine->second.table;
        }
        make_next();
    }
    if (is_retiring)
        tell_of_retirement();
    return found;
}

void key_tables::tell_of_retirement()
{
    note_retirement();
    if (tell_)
        tell_();
}

/// Returns   whether there were tables of such keys.
bool key_tables::drop_keys_that_are_gone()
{
    bool has_retired = false;
    for (auto one = places_.begin(); one != places_.end();) {
        auto const here = one++;
        if (!here->second.of.expired())
            continue;
        has_retired = has_retired || here->second.table;
        policy_.forget(here->first);
        retire(here);
    }
    return has_retired;
}

void key_tables::retire(places::iterator one)
{
    if (auto const& table = one->second.table) {
        table->retire();
        retired_.push_back(table);
    }
    places_.erase(one);
}

/// How many tables there are, with those that were retired and are still held somewhere.
std::size_t key_tables::in_memory()
{
    std::erase_if(retired_, [](auto const& one) { return one.expired(); });
    auto count = retired_.size();
    for (auto const& [_, one] : places_)
        count += one.table ? 1 : 0;
    return count;
}

/// Begins to make the table that is next, unless one is being made or there is no room.
void key_tables::make_next()
{
    while (!is_making_ && !to_make_.empty() && in_memory() < places_max_) {
        auto const next = places_.find(to_make_.front());
        to_make_.pop_front();
        auto of = next == places_.end() ? nullptr : next->second.of.lock();
        if (!of || next->second.table)  // it has lost its place
            continue;
        is_making_ = true;
        run_later_([this, of = std::move(of)] { make(of); });
    }
}

void key_tables::make(key_ptr const& of)
{
    auto table = core::crypto::make_key_table(*of);
    std::scoped_lock const lock(guard_);
    is_making_ = false;
    made_ += table ? 1 : 0;
    auto const found = places_.find(of.get());
    if (found != places_.end() && table)
        found->second.table = std::move(table);
    if (found != places_.end() && !found->second.table) {  // no memory: it may earn one again
        policy_.forget(of.get());
        places_.erase(found);
    }
    make_next();
}

key_tables::figures key_tables::now()
{
    std::unique_lock lock(guard_);
    bool const is_retiring = drop_keys_that_are_gone();
    figures made{.made = made_};
    auto const count = [&made](core::crypto::key_table const& one) {
        ++made.tables;
        made.octets += one.octets();
    };
    for (auto const& [_, one] : places_) {
        if (one.table)
            count(*one.table);
    }
    for (auto const& one : retired_) {
        if (auto const held = one.lock())
            count(*held);
    }
    lock.unlock();
    if (is_retiring)
        tell_of_retirement();
    return made;
}

}  // namespace service
