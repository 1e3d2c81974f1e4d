#include "core/crypto/botan/botan_key.hpp"

#include <botan/ml_dsa.h>

#include <algorithm>

namespace core::crypto {
namespace {

Botan::ML_DSA_Mode mode_of(key_family set)
{
    return Botan::ML_DSA_Mode(Botan::OID(row_of(set).oid));
}

result<key_ptr> load(key_family set, byte_view pub, byte_view seed)
{
    if (type_of(set) != key_type::akp)
        return invalid_key("not an ML-DSA parameter set");
    std::size_t const size = row_of(set).public_octets;
    if ((pub.empty() && seed.empty()) || (!pub.empty() && pub.size() != size))
        return invalid_key("the ML-DSA public key is missing or does not have its set's length");
    if (seed.empty()) {
        auto key = std::make_unique<Botan::ML_DSA_PublicKey>(pub, mode_of(set));
        return public_key(set, std::move(key), size * 8);
    }
    if (seed.size() != row_of(set).private_octets)
        return invalid_key("an ML-DSA private key is its seed of 32 octets");
    auto key = std::make_unique<Botan::ML_DSA_PrivateKey>(seed, mode_of(set));
    if (!pub.empty() && !std::ranges::equal(pub, key->raw_public_key_bits()))
        return invalid_key("the ML-DSA seed does not match the public key");
    return private_key(set, std::move(key), size * 8);
}

}  // namespace

result<key_ptr> import_akp(key_family set, byte_view pub, secret_bytes seed, work_budget* budget)
{
    if (!charge_import(budget, set, !seed.empty()))
        return errc::work_exceeded;
    return or_invalid("the ML-DSA key is not valid", [&] { return load(set, pub, seed.view()); });
}

}  // namespace core::crypto
