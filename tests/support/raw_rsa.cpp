#include "tests/support/raw_rsa.hpp"

#include <botan/bigint.h>
#include <botan/numthry.h>

namespace raw_rsa {
namespace {

using core::byte_view;
using core::bytes;

void append(bytes& to, byte_view octets)
{
    to.insert(to.end(), octets.begin(), octets.end());
}

Botan::BigInt number(byte_view octets)
{
    return Botan::BigInt::from_bytes(octets);
}

/// RFC 8017 appendix B.2.1
bytes mgf1(core::hash algorithm, byte_view seed, std::size_t size)
{
    bytes mask;
    for (std::uint8_t count = 0; mask.size() < size; ++count) {
        bytes input(seed.begin(), seed.end());
        append(input, bytes{0, 0, 0, count});
        append(mask, core::crypto::digest(algorithm, input));
    }
    mask.resize(size);
    return mask;
}

}  // namespace

core::bytes private_power(core::crypto::key const& rsa, core::byte_view encoded)
{
    auto const n = number(core::crypto::public_parts_of(rsa).n);
    auto const secret = *core::crypto::private_parts_of(rsa);
    auto const p = number(secret.p.view()), q = number(secret.q.view());
    auto const m = number(encoded) % n;
    auto const of_p = Botan::power_mod(m % p, number(secret.dp.view()), p);
    auto const of_q = Botan::power_mod(m % q, number(secret.dq.view()), q);
    auto const difference = (of_p + p - of_q % p) % p;
    return (of_q + difference * number(secret.qi.view()) % p * q)
        .serialize<bytes>((rsa.bits() + 7) / 8);
}

core::bytes
pkcs1_encoded(std::size_t size, core::byte_view digest_info, std::optional<std::size_t> padding)
{
    bytes encoded{0x00, 0x01};
    encoded.resize(2 + padding.value_or(size - 3 - digest_info.size()), 0xff);
    encoded.push_back(0x00);
    append(encoded, digest_info);
    encoded.resize(size);  // what is left has zeros
    return encoded;
}

core::bytes digest_info(core::hash algorithm, core::byte_view digest)
{
    auto const size = static_cast<std::uint8_t>(digest.size());
    auto const arc = static_cast<std::uint8_t>(
        algorithm == core::hash::sha256       ? 1
            : algorithm == core::hash::sha384 ? 2
                                              : 3
    );
    bytes info{0x30, static_cast<std::uint8_t>(size + 17),
               0x30, 0x0d,
               0x06, 0x09,
               0x60, 0x86,
               0x48, 0x01,
               0x65, 0x03,
               0x04, 0x02,
               arc,  0x05,
               0x00, 0x04,
               size};
    append(info, digest);
    return info;
}

core::bytes pss_encoded(
    core::hash algorithm, core::byte_view digest, core::byte_view salt, std::size_t bits,
    std::uint8_t trailer
)
{
    auto const em_bits = bits - 1;
    auto const size = (em_bits + 7) / 8;
    bytes input(8);
    append(input, digest);
    append(input, salt);
    auto const h = core::crypto::digest(algorithm, input);
    bytes encoded(size - h.size() - 1 - salt.size() - 1);
    encoded.push_back(0x01);
    append(encoded, salt);
    auto const mask = mgf1(algorithm, h, encoded.size());
    for (std::size_t i = 0; i < encoded.size(); ++i)
        encoded[i] = static_cast<std::uint8_t>(encoded[i] ^ mask[i]);
    encoded[0] = static_cast<std::uint8_t>(encoded[0] & (0xffU >> (8 * size - em_bits)));
    append(encoded, h);
    encoded.push_back(trailer);
    return encoded;
}

}  // namespace raw_rsa
