#include "core/crypto/botan/botan_key.hpp"

#include <botan/ml_dsa.h>

#include <algorithm>

namespace core::crypto {
namespace {

Botan::ML_DSA_Mode mode_of(key_family set)
{
    switch (set) {
    case key_family::ml_dsa_65: return Botan::ML_DSA_Mode::ML_DSA_6x5;
    case key_family::ml_dsa_87: return Botan::ML_DSA_Mode::ML_DSA_8x7;
    default: return Botan::ML_DSA_Mode::ML_DSA_4x4;
    }
}

result<key_ptr> load(key_family set, byte_view pub, byte_view seed)
{
    auto const size = ml_dsa_public_size(set);
    if (size == 0)
        return invalid_key("not an ML-DSA parameter set");
    if ((pub.empty() && seed.empty()) || (!pub.empty() && pub.size() != size))
        return invalid_key("the ML-DSA public key is missing or does not have its set's length");
    if (seed.empty()) {
        auto key = std::make_unique<Botan::ML_DSA_PublicKey>(pub, mode_of(set));
        return public_key(set, std::move(key), size * 8);
    }
    if (seed.size() != ml_dsa_seed_size)
        return invalid_key("an ML-DSA private key is its seed of 32 octets");
    auto key = std::make_unique<Botan::ML_DSA_PrivateKey>(seed, mode_of(set));
    if (!pub.empty() && !std::ranges::equal(pub, key->raw_public_key_bits()))
        return invalid_key("the ML-DSA seed does not match the public key");
    return private_key(set, std::move(key), size * 8);
}

}  // namespace

std::size_t ml_dsa_public_size(key_family set) noexcept
{
    switch (set) {  // FIPS 204 table 2
    case key_family::ml_dsa_44: return 1312;
    case key_family::ml_dsa_65: return 1952;
    case key_family::ml_dsa_87: return 2592;
    default: return 0;
    }
}

result<key_ptr> import_ml_dsa(key_family set, byte_view pub, secret_bytes seed)
{
    return or_invalid("the ML-DSA key is not valid", [&] { return load(set, pub, seed.view()); });
}

}  // namespace core::crypto
