#include "core/crypto/botan/botan_key.hpp"
#include "core/crypto/digest.hpp"

#include <botan/ec_group.h>
#include <botan/rsa.h>
#include <botan/system_rng.h>

namespace core::crypto {
namespace {

constexpr std::size_t rsa_bits_default = 2048;
constexpr std::size_t rsa_bits_max = 8192;
constexpr std::size_t secret_bits_default = 256;
constexpr std::size_t secret_bits_max = 32768;

secret_bytes fresh(std::size_t size)
{
    return secret_bytes(random_bytes(size));
}

result<key_ptr> generate_rsa(std::size_t bits)
{
    if (bits == 0)
        bits = rsa_bits_default;
    if (bits < rsa_bits_default || bits > rsa_bits_max || bits % 8 != 0)
        return invalid_key("an RSA key has 2048 to 8192 bits, in multiples of 8");
    auto key = std::make_unique<Botan::RSA_PrivateKey>(Botan::system_rng(), bits);
    return private_key(key_family::rsa, std::move(key), bits);
}

result<key_ptr> generate_secret(std::size_t bits)
{
    if (bits == 0)
        bits = secret_bits_default;
    if (bits % 8 != 0 || bits > secret_bits_max)
        return invalid_key("a secret has at most 32768 bits, in multiples of 8");
    return import_secret(fresh(bits / 8));
}

/// Draws a scalar in [1, n). A number of the right size is out of range, and drawn again, with
/// probability 2^-32; for P-521 it would be 127/128 if the unused bits were not cleared.
result<key_ptr> generate_ec(key_family curve)
{
    auto const spare_bits = row_of(curve).private_octets * 8U - group_of(curve).get_order_bits();
    for (;;) {
        auto octets = random_bytes(row_of(curve).private_octets);
        octets[0] = static_cast<std::uint8_t>(octets[0] & (0xffU >> spare_bits));
        if (auto key = import_ec(curve, {}, {}, secret_bytes(std::move(octets))))
            return key;
    }
}

}  // namespace

result<key_ptr> generate(key_family family, std::size_t bits)
{
    return or_invalid("the key could not be made", [&]() -> result<key_ptr> {
        switch (type_of(family)) {
        case key_type::oct: return generate_secret(bits);
        case key_type::rsa: return generate_rsa(bits);
        case key_type::ec: return generate_ec(family);
        case key_type::okp: return import_okp(family, {}, fresh(row_of(family).private_octets));
        case key_type::akp: return import_akp(family, {}, fresh(row_of(family).private_octets));
        }
        return invalid_key("this kind of key cannot be generated");
    });
}

}  // namespace core::crypto
