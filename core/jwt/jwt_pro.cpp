#include "core/jwt/jwt_pro.hpp"

#include "core/crypto/content_encryption.hpp"

#include <algorithm>

namespace core {
namespace {

constexpr std::size_t iv_octets = 16;

/// The AES key that jwt-pro makes from a secret.
secret_bytes cipher_key(byte_view secret)
{
    auto const size = secret.size() <= 16 ? 16U : secret.size() <= 24 ? 24U : 32U;
    bytes key(size);
    std::ranges::copy(secret.first(std::min<std::size_t>(secret.size(), size)), key.begin());
    return secret_bytes(std::move(key));
}

}  // namespace

result<secret_bytes> open_jwt_pro_payload(crypto::key const& secret, byte_view payload)
{
    auto const parts = crypto::private_parts_of(secret);
    if (!parts || parts->k.empty())
        return failure::of(errc::key_invalid, "Only a shared secret can decrypt this payload.");
    if (payload.size() <= iv_octets)
        return errc::decryption_failed;
    auto const key = cipher_key(parts->k.view());
    auto claims =
        crypto::decrypt_cbc(key.view(), payload.first(iv_octets), payload.subspan(iv_octets));
    if (!claims)
        return errc::decryption_failed;
    return std::move(*claims);
}

}  // namespace core
