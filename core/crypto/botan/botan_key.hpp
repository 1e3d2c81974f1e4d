#pragma once

#include "core/algorithms/work_costs.hpp"
#include "core/crypto/gone_keys.hpp"
#include "core/crypto/key.hpp"
#include "core/crypto/locked_bytes.hpp"

#include <botan/exceptn.h>
#include <botan/pk_keys.h>

#include <algorithm>
#include <atomic>
#include <utility>

namespace Botan {
class EC_Group;
}

namespace core::crypto {

/// Of an RSA key that was imported, so that it has 32 bits at most.
std::uint32_t exponent_of(Botan::Public_Key const& rsa);

/// The only class that implements `key`. Used only by the files of this folder.
class botan_key final : public key {
public:
    /// Exactly one of the two is given: a private key includes its public half.
    botan_key(
        key_family family, std::unique_ptr<Botan::Public_Key> public_half,
        std::unique_ptr<Botan::Private_Key> private_half, std::size_t bits
    )
        : family_(family), bits_(bits), public_(std::move(public_half)),
          private_(std::move(private_half)), secret_(0)
    {
        if (family == key_family::rsa)
            exponent_ = exponent_of(this->public_half());
    }
    explicit botan_key(secret_bytes const& octets)
        : family_(key_family::secret), bits_(octets.size() * 8), secret_(octets.size())
    {
        std::ranges::copy(octets.view(), secret_.span().begin());
    }
    ~botan_key() override
    {
        if (is_private())
            note_gone_key();
    }

    key_family family() const noexcept override { return family_; }
    bool is_private() const noexcept override { return !public_; }
    std::size_t bits() const noexcept override { return bits_; }
    std::uint32_t exponent() const noexcept override { return exponent_; }
    bool take_gcm_uses(std::uint64_t count) const noexcept override
    {
        auto taken = gcm_uses_.load(std::memory_order_relaxed);
        do {
            if (count > gcm_uses_max - taken)
                return false;
        } while (!gcm_uses_.compare_exchange_weak(taken, taken + count, std::memory_order_relaxed));
        return true;
    }

    /// The public half. Precondition: not a secret.
    Botan::Public_Key const& public_half() const noexcept
    {
        return private_ ? static_cast<Botan::Public_Key const&>(*private_) : *public_;
    }
    /// Null for public keys and secrets.
    Botan::Private_Key const* private_half() const noexcept { return private_.get(); }
    /// Empty for anything but a secret.
    byte_view secret() const noexcept { return secret_.view(); }

private:
    key_family family_;
    std::size_t bits_;
    std::uint32_t exponent_ = 0;
    std::unique_ptr<Botan::Public_Key const> public_;
    std::unique_ptr<Botan::Private_Key const> private_;
    locked_bytes secret_;
    mutable std::atomic<std::uint64_t> gcm_uses_{0};
};

inline key_ptr
public_key(key_family family, std::unique_ptr<Botan::Public_Key> half, std::size_t bits)
{
    return std::make_shared<botan_key>(family, std::move(half), nullptr, bits);
}
inline key_ptr
private_key(key_family family, std::unique_ptr<Botan::Private_Key> half, std::size_t bits)
{
    return std::make_shared<botan_key>(family, nullptr, std::move(half), bits);
}

inline botan_key const& botan_of(key const& material) noexcept
{
    return static_cast<botan_key const&>(material);
}

/// Charges an import before any arithmetic: of a family whose keys have one size.
inline bool charge_import(work_budget* budget, key_family family, bool has_private_half)
{
    auto const half =
        has_private_half ? costs::key_half::private_half : costs::key_half::public_half;
    return charge(budget, costs::of_importing(family, 0, half));
}

inline failure invalid_key(std::string_view sentence)
{
    return failure::of(errc::key_invalid, sentence);
}

/// Runs `work`; a Botan exception becomes key_invalid with `sentence`, never with Botan's text.
template <class Work> auto or_invalid(std::string_view sentence, Work&& work) -> decltype(work())
{
    try {
        return std::forward<Work>(work)();
    } catch (Botan::Exception const&) {
        return invalid_key(sentence);
    }
}

/// Botan's parameters of an EC curve. Throws what Botan throws for a curve that its build lacks.
Botan::EC_Group group_of(key_family curve);

}  // namespace core::crypto
