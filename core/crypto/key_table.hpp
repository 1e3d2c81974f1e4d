#pragma once

#include "core/crypto/signature.hpp"

#include <atomic>

namespace core::crypto {

/// The multiples of one public key, computed once: with them its signatures are verified in less
/// than half the time. It contains public data only, never changes, and is shared between threads.
///
/// It is worth its memory only for keys that verify many tokens: see table_policy.
class key_table {
public:
    virtual ~key_table() = default;
    key_table(key_table const&) = delete;
    key_table& operator=(key_table const&) = delete;

    /// The memory that it takes, about.
    virtual std::size_t octets() const noexcept = 0;

    /// Tells everybody who has it that its memory is wanted for another one. From any thread.
    void retire() const noexcept { is_retired_.store(true, std::memory_order_relaxed); }
    bool is_retired() const noexcept { return is_retired_.load(std::memory_order_relaxed); }

protected:
    key_table() = default;

private:
    mutable std::atomic<bool> is_retired_{false};
};

/// Verifies with a table. Its verdicts are those of make_verifier.
class table_verifier : public verifier {
public:
    /// As verify, for a message whose digest is given.
    ///
    /// digest   32 octets, of any value.
    virtual bool verify_digest(byte_view digest, byte_view signature) = 0;
};

/// Whether tables can be made in this build and on this machine: it takes OpenSSL.
bool has_key_tables() noexcept;

/// Whether a key like this one can have a table for this algorithm: ES256.
inline bool may_have_table(key const& material, signature_algorithm const& row) noexcept
{
    return row.scheme == signature_scheme::ecdsa && row.families.contains(key_family::p256)
        && material.family() == key_family::p256 && has_key_tables();
}

/// Makes the table of a key's public half, which takes about 30 ms.
///
/// Returns  null when the key cannot have one.
std::shared_ptr<key_table const> make_key_table(key const& material);

/// table    from make_key_table; never null.
/// Returns  null when there is no memory.
std::unique_ptr<table_verifier> make_table_verifier(std::shared_ptr<key_table const> table);

/// Where the threads get the tables of the keys that they use often. It outlives their caches, and
/// may be used by several threads at once.
class key_table_source {
public:
    virtual ~key_table_source() = default;
    key_table_source(key_table_source const&) = delete;
    key_table_source& operator=(key_table_source const&) = delete;

    /// Notes that a key has verified `uses` tokens on this thread since this was last called for
    /// it. Not for every token: see operation_cache.
    ///
    /// of       a configured or fetched key for which may_have_table says yes.
    /// Returns  its table; null = it has none now.
    virtual std::shared_ptr<key_table const> note(key_ptr const& of, unsigned uses) = 0;

    /// Rises after a table was retired: whoever has tables looks at each of them then.
    std::uint64_t retirements() const noexcept
    {
        return retirements_.load(std::memory_order_acquire);
    }

protected:
    key_table_source() = default;
    void note_retirement() noexcept { retirements_.fetch_add(1, std::memory_order_release); }

private:
    std::atomic<std::uint64_t> retirements_{0};
};

}  // namespace core::crypto
