#include "core/crypto/encryption_provider.hpp"
#include "core/crypto/signature_provider.hpp"

namespace core::crypto {

operation_cache::entry&
operation_cache::entry_of(key_ptr const& material, void const* row, bool allow_weak)
{
    id const name{material.get(), row, allow_weak};
    auto const found = entries_.find(name);
    if (found != entries_.end())
        return found->second;
    if (entries_.size() >= entries_max)
        entries_.clear();  // keys come and go with rotation and refreshed sets
    auto& made = entries_[name];
    made.keep_alive = material;
    return made;
}

result<verifier*> operation_cache::verifier_for(
    key_ptr const& material, signature_algorithm const& row, bool allow_weak
)
{
    auto& kept = entry_of(material, &row, allow_weak);
    if (!kept.verifier) {
        auto made = make_verifier(material, row, allow_weak, true);
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
    auto& kept = entry_of(material, &row, allow_weak);
    if (!kept.signer) {
        auto made = make_kept_signer(material, row, allow_weak);
        if (!made)
            return made.error();
        kept.signer = std::move(*made);
    }
    return kept.signer.get();
}

rsa_opener*
operation_cache::rsa_opener_for(key_ptr const& material, key_management_algorithm const& row)
{
    auto& kept = entry_of(material, &row, false);
    if (!kept.opener)
        kept.opener = make_rsa_opener(*material, row);
    return kept.opener.get();
}

rsa_sealer*
operation_cache::rsa_sealer_for(key_ptr const& material, key_management_algorithm const& row)
{
    auto& kept = entry_of(material, &row, false);
    if (!kept.sealer)
        kept.sealer = make_kept_rsa_sealer(*material, row);
    return kept.sealer.get();
}

agreement* operation_cache::agreement_for(key_ptr const& material)
{
    auto& kept = entry_of(material, nullptr, false);
    if (!kept.agreement)
        kept.agreement = make_kept_agreement(*material);
    return kept.agreement.get();
}

}  // namespace core::crypto
