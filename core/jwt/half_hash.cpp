#include "core/jwt/half_hash.hpp"

#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"

namespace core {

std::string half_hash(signature_algorithm const& row, std::string_view value)
{
    if (row.hash == hash::none)
        return {};
    auto const full = crypto::digest(row.hash, as_bytes(value));
    return base64url_encode(byte_view(full).first(full.size() / 2));
}

}  // namespace core
