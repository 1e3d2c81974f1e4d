#include "core/crypto/signature.hpp"

namespace core::crypto {

operation_cache::entry&
operation_cache::entry_of(key_ptr const& material, signature_algorithm const& row, bool allow_weak)
{
    id const name{material.get(), &row, allow_weak};
    auto const found = entries_.find(name);
    if (found != entries_.end())
        return found->second;
    if (entries_.size() >= entries_max)
        entries_.clear();  // keys come and go with rotation and refreshed sets
    return entries_.emplace(name, entry{material, nullptr, nullptr}).first->second;
}

result<verifier*> operation_cache::verifier_for(
    key_ptr const& material, signature_algorithm const& row, bool allow_weak
)
{
    auto& kept = entry_of(material, row, allow_weak);
    if (!kept.verifier) {
        auto made = make_verifier(material, row, allow_weak);
        if (!made)
            return made.error();
        kept.verifier = std::move(*made);
    }
    return kept.verifier.get();
}

result<signer*> operation_cache::signer_for(
    key_ptr const& material, signature_algorithm const& row, bool allow_weak
)
{
    auto& kept = entry_of(material, row, allow_weak);
    if (!kept.signer) {
        auto made = make_signer(material, row, allow_weak);
        if (!made)
            return made.error();
        kept.signer = std::move(*made);
    }
    return kept.signer.get();
}

}  // namespace core::crypto
