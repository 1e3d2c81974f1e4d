#pragma once

#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/bytes.hpp"

#include <memory>

namespace core::crypto {

/// Octets of a digest.
constexpr std::size_t hash_size(hash algorithm) noexcept
{
    switch (algorithm) {
    case hash::none: return 0;
    case hash::sha1: return 20;
    case hash::sha256: return 32;
    case hash::sha384: return 48;
    case hash::sha512: return 64;
    case hash::shake256: return 114;
    }
    return 0;
}

/// The digest of `message`; `algorithm` must not be hash::none.
bytes digest(hash algorithm, byte_view message);

/// Makes digests with one algorithm, one after the other: cheaper than digest(), which begins
/// afresh. Only one thread may use it at a time.
class hasher {
public:
    /// algorithm   not hash::none, not shake256.
    explicit hasher(hash algorithm);
    ~hasher();
    hasher(hasher const&) = delete;
    hasher& operator=(hasher const&) = delete;

    /// The digest of `message`, valid until the next call.
    byte_view digest(byte_view message);

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// Octets from the system's random generator.
void fill_random(std::span<std::uint8_t> out);
bytes random_bytes(std::size_t size);

}  // namespace core::crypto
