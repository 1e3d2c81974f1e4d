#pragma once

#include "core/crypto/key_table.hpp"
#include "core/crypto/table_policy.hpp"

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace service {

/// The tables of all keys: core::crypto::table_policy decides which keys have one, the pool makes
/// them, one after the other, and every thread gets them here. A table ends with its key.
///
/// There are never more tables in memory than places: one that was retired counts until the last
/// thread has let go of it.
class key_tables final : public core::crypto::key_table_source {
public:
    /// Runs work some time, on a thread where 30 ms hold up nobody.
    using run_function = std::function<void(std::function<void()> work)>;

    /// places   how many tables; 0 = none.
    key_tables(std::size_t places, run_function run_later);

    /// Another number of places: every key has to earn its table again.
    void change(std::size_t places);

    /// What is called after a table was retired, so that threads without work let go of it too;
    /// from any thread. Set it before the first token.
    void on_retirement(std::function<void()> tell) { tell_ = std::move(tell); }

    std::shared_ptr<core::crypto::key_table const>
    note(core::crypto::key_ptr const& of, unsigned uses) override;

    struct figures {
        std::size_t tables = 0;
        std::size_t octets = 0;  ///< of these
        std::uint64_t made = 0;  ///< since the start
    };
    figures now();

private:
    using table_ptr = std::shared_ptr<core::crypto::key_table const>;
    struct place {
        std::weak_ptr<core::crypto::key const> of;
        table_ptr table{};  // null = not made yet
    };
    using places = std::unordered_map<core::crypto::key const*, place>;

    void tell_of_retirement();
    bool drop_keys_that_are_gone();
    void retire(places::iterator one);
    std::size_t in_memory();
    void make_next();
    void make(core::crypto::key_ptr const& of);

    std::atomic<std::size_t> places_max_;  // written under the guard
    run_function const run_later_;
    std::function<void()> tell_;

    std::mutex guard_;
    core::crypto::table_policy policy_;
    places places_;
    std::deque<core::crypto::key const*> to_make_;
    std::vector<std::weak_ptr<core::crypto::key_table const>> retired_;
    bool is_making_ = false;
    std::uint64_t made_ = 0;
};

}  // namespace service
