#include "core/crypto/es256_numbers.hpp"

#include "core/crypto/botan/botan_key.hpp"

#include <botan/ec_group.h>
#include <botan/ec_scalar.h>
#include <botan/hash.h>

namespace core::crypto {

struct es256_numbers::parts {
    Botan::EC_Group group = group_of(key_family::p256);
    std::unique_ptr<Botan::HashFunction> hash = Botan::HashFunction::create_or_throw("SHA-256");
};

es256_numbers::es256_numbers() : parts_(std::make_unique<parts>()) {}

es256_numbers::~es256_numbers() = default;

std::optional<es256_numbers::factors>
es256_numbers::of_message(byte_view message, byte_view signature)
{
    std::array<std::uint8_t, 32> digest;
    parts_->hash->update(message);
    parts_->hash->final(digest);
    return of_digest(digest, signature);
}

std::optional<es256_numbers::factors>
es256_numbers::of_digest(byte_view digest, byte_view signature) const
{
    auto const& group = parts_->group;
    auto const numbers = Botan::EC_Scalar::deserialize_pair(group, signature);
    if (!numbers || numbers->first.is_zero() || numbers->second.is_zero())
        return std::nullopt;
    auto const& [r, s] = *numbers;
    auto const inverse = s.invert_vartime();
    factors made;
    (Botan::EC_Scalar::from_bytes_with_trunc(group, digest) * inverse).serialize_to(made.u1);
    (r * inverse).serialize_to(made.u2);
    return made;
}

}  // namespace core::crypto
