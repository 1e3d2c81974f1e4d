#include "core/jwt/half_hash.hpp"

#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"

namespace core {

std::string half_hash(hash by, std::string_view value)
{
    if (by == hash::none)
        return {};
    auto const full = crypto::digest(by, as_bytes(value));
    return base64url_encode(byte_view(full).first(full.size() / 2));
}

}  // namespace core
