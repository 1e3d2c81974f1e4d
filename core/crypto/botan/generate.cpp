#include "core/crypto/botan/botan_key.hpp"
#include "core/crypto/digest.hpp"

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
    for (;;) {
        auto octets = random_bytes(coordinate_size(curve));
        if (curve == key_family::p521)
            octets[0] &= 0x01;
        if (auto key = import_ec(curve, {}, {}, secret_bytes(std::move(octets))))
            return key;
    }
}

}  // namespace

result<key_ptr> generate(key_family family, std::size_t bits)
{
    return or_invalid("the key could not be made", [&]() -> result<key_ptr> {
        switch (family) {
        case key_family::secret: return generate_secret(bits);
        case key_family::rsa: return generate_rsa(bits);
        case key_family::p256:
        case key_family::p384:
        case key_family::p521:
        case key_family::secp256k1: return generate_ec(family);
        case key_family::ed25519:
        case key_family::ed448:
        case key_family::x25519:
        case key_family::x448: return import_okp(family, {}, fresh(coordinate_size(family)));
        case key_family::ml_dsa_44:
        case key_family::ml_dsa_65:
        case key_family::ml_dsa_87: return import_ml_dsa(family, {}, fresh(ml_dsa_seed_size));
        }
        return invalid_key("this kind of key cannot be generated");
    });
}

}  // namespace core::crypto
