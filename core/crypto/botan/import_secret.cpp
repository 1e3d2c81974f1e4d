#include "core/crypto/botan/botan_key.hpp"

namespace core::crypto {
namespace {

constexpr std::size_t secret_octets_max = 4096;  // Botan's limit for HMAC keys

}  // namespace

result<key_ptr> import_secret(secret_bytes octets)
{
    if (octets.empty())
        return invalid_key("the secret is empty");
    if (octets.size() > secret_octets_max)
        return invalid_key("the secret is longer than 4096 octets");
    return key_ptr(std::make_shared<botan_key>(octets));
}

}  // namespace core::crypto
