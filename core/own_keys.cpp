#include "core/own_keys.hpp"

namespace core {

own_keys::own_keys(std::span<ring_key const> keys)
{
    for (auto const& one : keys) {
        if (one.key.material->family() != key_family::secret)
            kids_.emplace(thumbprint(*one.key.material), one.key.kid);
    }
}

std::optional<std::string_view> own_keys::kid_of(crypto::key const& key) const
{
    if (kids_.empty() || key.family() == key_family::secret)
        return std::nullopt;
    auto const found = kids_.find(thumbprint(key));
    if (found == kids_.end())
        return std::nullopt;
    return found->second;
}

void own_keys::leave_out(jwk_set& from) const
{
    std::erase_if(from.keys, [&](jwk const& key) {
        auto const kid = kid_of(*key.material);
        if (kid)
            from.ours.emplace_back(*kid);
        return kid.has_value();
    });
}

}  // namespace core
