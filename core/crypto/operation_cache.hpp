#pragma once

#include "core/crypto/key_operations.hpp"
#include "core/crypto/key_table.hpp"
#include "core/crypto/signature.hpp"

#include <list>
#include <unordered_map>

namespace core::crypto {

/// Keeps the objects that sign, verify, open and agree with long-lived keys. Each worker thread has
/// one cache. Making such an object costs as much as using it. Keys of a single request are never
/// added. Beyond its largest size, the object that was not used for the longest time goes.
///
/// It does not keep a key alive: with the last set that has it, the key is gone.
///
/// A key that verifies often gets a table here, if there is one: see table_policy. Its uses are
/// counted for each thread, and told every uses_per_note tokens, so that no token writes to what
/// another thread reads.
class operation_cache {
public:
    static constexpr std::size_t entries_max = 2048;  ///< a verifier takes 4 to 5 KiB
    static constexpr unsigned uses_per_note = 100;

    /// tables   null = no key has a table.
    explicit operation_cache(key_table_source* tables = nullptr) : tables_(tables) {}
    operation_cache(operation_cache const&) = delete;
    operation_cache& operator=(operation_cache const&) = delete;

    /// From now on tables come from here.
    void use_tables(key_table_source* tables) noexcept { tables_ = tables; }

    /// The object of a key, made on first use. Valid until the next call, and as long as the key.
    ///
    /// Errors   as for make_verifier and make_signer; key_invalid also for a null key.
    result<verifier*>
    verifier_for(key_ptr const& material, signature_algorithm const& row, bool allow_weak);
    result<signer*>
    signer_for(key_ptr const& material, signature_algorithm const& row, bool allow_weak);

    /// The same of make_rsa_opener, make_rsa_sealer and make_agreement. Null when the key cannot be
    /// used.
    rsa_opener* rsa_opener_for(key_ptr const& material, key_management_algorithm const& row);
    rsa_sealer* rsa_sealer_for(key_ptr const& material, key_management_algorithm const& row);
    agreement* agreement_for(key_ptr const& material);

    /// Lets go of the tables that were retired. This also happens when a verifier is asked for;
    /// call it on a thread that may have nothing to do for a long time.
    void drop_retired_tables();
    /// Lets go of what was made with keys that are gone: it has their numbers too.
    void drop_gone_keys();
    /// Lets go of everything: the libraries that are used may be others from now on.
    void clear();
    /// Lets go of all tables. Those that are still wanted come back with their keys' next tokens.
    void give_back_tables();

    std::size_t size() const noexcept { return recent_.size(); }

private:
    struct id {
        key const* material;
        void const* row;  // of either table of algorithms; null = for agreeing
        bool allow_weak;
        bool operator==(id const&) const = default;
    };
    struct id_hash {
        std::size_t operator()(id const& i) const noexcept
        {
            auto const hash = std::hash<void const*>{};
            return hash(i.material) ^ (hash(i.row) << 1U) ^ (i.allow_weak ? 1U : 0U);
        }
    };
    struct entry {
        id name;
        std::weak_ptr<key const> of;  // tells it from a later key at the same address
        std::unique_ptr<crypto::verifier> verifier{};
        std::unique_ptr<crypto::signer> signer{};
        std::unique_ptr<rsa_opener> opener{};
        std::unique_ptr<rsa_sealer> sealer{};
        std::unique_ptr<crypto::agreement> agreement{};
        bool may_have_table = false;
        unsigned uses = 0;         // since the source was told
        bool wants_table = false;  // it had one, and gave it back
        std::shared_ptr<key_table const> table{};
        std::unique_ptr<crypto::verifier> by_table{};
    };
    using entries = std::list<entry>;

    entry& entry_of(key_ptr const& material, void const* row, bool allow_weak);
    verifier* count_use(entry& kept, key_ptr const& material);
    void take_table(entry& kept, std::shared_ptr<key_table const> table);
    void drop_table(entry& kept);
    void remove(entries::iterator one);

    key_table_source* tables_;
    std::uint64_t seen_retirements_ = 0;
    std::size_t with_table_ = 0;  // entries
    entries recent_;              // the one that was used last is first
    std::unordered_map<id, entries::iterator, id_hash> places_;
};

}  // namespace core::crypto
