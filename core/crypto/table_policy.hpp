#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace core::crypto {

/// Decides which keys get a table, and which of those that have one gives its place up. It has
/// neither tables nor threads, and its clock is the number of tokens that all keys have verified.
///
/// A key earns a table with so many tokens that the table costs no more CPU time than it would have
/// saved on them. When no place is free, the key that was not used for the longest time gives its
/// place up, but only if it was not used at all while the other one earned a table. So keys that
/// are used in turn do not take the places from each other, however many they are.
class table_policy {
public:
    using key_id = void const*;  ///< only compared

    /// A table takes about as much CPU time to make, 22 to 29 ms, as it saves on so many tokens: 36
    /// us on each, compared with OpenSSL without one.
    static constexpr unsigned uses_to_earn = 800;
    /// With more keys than this, all begin to count again.
    static constexpr std::size_t counted_max = 16'384;

    /// places   how many keys may have a table at once.
    explicit table_policy(std::size_t places) : places_(places) {}

    struct outcome {
        bool earns = false;         ///< the key has a place from now on: make its table
        key_id gives_up = nullptr;  ///< and this key has lost it
    };
    /// Notes that a key has verified `uses` tokens since it was last noted.
    outcome note(key_id of, unsigned uses);
    /// The key is no longer used, or its table could not be made.
    void forget(key_id of);

    bool has_place(key_id of) const { return last_use_.contains(of); }

private:
    struct candidate {
        std::uint64_t since;  // when it began to count
        unsigned uses;
    };

    void begin(candidate& one) const noexcept { one = {now_, 0}; }
    key_id longest_unused() const;

    std::size_t places_;
    std::uint64_t now_ = 0;
    std::unordered_map<key_id, candidate> counted_;
    std::unordered_map<key_id, std::uint64_t> last_use_;  // of the keys that have a place
};

}  // namespace core::crypto
