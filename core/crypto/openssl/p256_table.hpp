#pragma once

#include "core/crypto/key_table.hpp"
#include "core/crypto/openssl/libcrypto_points.hpp"

namespace core::crypto::openssl {

/// The multiples of a point of P-256 that OpenSSL's code for the curve's own generator uses. It
/// takes any point as a generator, but it is only fast with its multiples.
class p256_table final : public key_table {
public:
    /// x, y     of 32 octets.
    /// Returns  null when they are not a point of the curve, or OpenSSL cannot do it.
    static std::shared_ptr<p256_table const> make(byte_view x, byte_view y);

    std::size_t octets() const noexcept override;
    /// P-256, with the public key as its generator.
    EC_GROUP const* group() const noexcept { return group_.get(); }

private:
    explicit p256_table(held_group group) : group_(std::move(group)) {}

    held_group group_;
};

}  // namespace core::crypto::openssl
