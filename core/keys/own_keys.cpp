#include "core/keys/own_keys.hpp"

#include "core/keys/jwk_write.hpp"

namespace core {

own_keys::own_keys(std::span<ring_key const> keys)
{
    for (auto const& one : keys) {
        if (one.key.material->family() != key_family::secret)
            thumbprints_.insert(thumbprint(*one.key.material));
    }
}

bool own_keys::contains(crypto::key const& key) const
{
    return !thumbprints_.empty() && key.family() != key_family::secret
        && thumbprints_.contains(thumbprint(key));
}

void own_keys::leave_out(jwk_set& from) const
{
    core::leave_out(from, thumbprints_, left_out_reason::own_key);
}

}  // namespace core
