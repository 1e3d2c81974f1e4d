#include "config/changes/shared_keys.hpp"

#include "core/keys/jwk_write.hpp"

#include <map>
#include <utility>

namespace config {
namespace {

/// A key pair is identified by its public half, and import has checked that the private half
/// belongs to it.
using identity = std::pair<std::string, bool>;

identity identity_of(core::crypto::key const& key)
{
    return {core::thumbprint(key), key.is_private()};
}

}  // namespace

std::vector<std::size_t> share_keys(settings const& in_force, settings& next)
{
    std::map<identity, core::crypto::key_ptr> known;
    for (auto const& one : in_force.keys)
        known.emplace(identity_of(*one.key.material), one.key.material);
    for (auto const& issuer : in_force.issuers) {
        for (auto const& key : issuer.keys.keys)
            known.emplace(identity_of(*key.material), key.material);
    }
    auto const share = [&](core::jwk& key) {
        auto const found = known.find(identity_of(*key.material));
        if (found == known.end())
            return false;
        key.material = found->second;
        return true;
    };
    std::vector<std::size_t> fresh;
    for (std::size_t i = 0; i < next.keys.size(); ++i) {
        if (!share(next.keys[i].key))
            fresh.push_back(i);
    }
    for (auto& issuer : next.issuers) {
        for (auto& key : issuer.keys.keys)
            static_cast<void>(share(key));
    }
    return fresh;
}

}  // namespace config
