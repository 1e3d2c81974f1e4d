#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace core {

/// The seed of a table: random, and secret as long as strangers choose what is put into the table.
struct sip_seed {
    std::uint64_t low = 0, high = 0;
};

/// SipHash, a keyed hash for tables: without the seed nobody can choose texts that collide. For a
/// table only: 64 bits are too few to say that two texts are equal.
///
/// Rounds      of compression, for each eight octets; `Last` of finalization. SipHash-2-4 is the
///             one of the paper, SipHash-1-3 the usual one of hash tables.
/// Source      Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012), section 2
template <unsigned Rounds, unsigned Last>
std::uint64_t sip_hash(sip_seed seed, std::string_view text) noexcept
{
    std::uint64_t v0 = seed.low ^ 0x736f6d6570736575U, v1 = seed.high ^ 0x646f72616e646f6dU;
    std::uint64_t v2 = seed.low ^ 0x6c7967656e657261U, v3 = seed.high ^ 0x7465646279746573U;
    auto const mix = [&](unsigned rounds) {
        for (unsigned i = 0; i < rounds; ++i) {
            v0 += v1, v2 += v3;
            v1 = std::rotl(v1, 13) ^ v0, v3 = std::rotl(v3, 16) ^ v2;
            v0 = std::rotl(v0, 32);
            v2 += v1, v0 += v3;
            v1 = std::rotl(v1, 17) ^ v2, v3 = std::rotl(v3, 21) ^ v0;
            v2 = std::rotl(v2, 32);
        }
    };
    auto const take = [&](std::uint64_t word) {
        v3 ^= word;
        mix(Rounds);
        v0 ^= word;
    };
    auto const word_at = [&](std::size_t at, std::size_t size) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, size);
        if constexpr (std::endian::native == std::endian::big)
            word = __builtin_bswap64(word);
        return word;
    };
    auto const whole = text.size() / 8 * 8;
    for (std::size_t at = 0; at < whole; at += 8)
        take(word_at(at, 8));
    auto const rest = text.size() - whole;
    take((rest == 0 ? 0 : word_at(whole, rest)) | std::uint64_t{text.size()} << 56U);
    v2 ^= 0xffU;
    mix(Last);
    return v0 ^ v1 ^ v2 ^ v3;
}

}  // namespace core
