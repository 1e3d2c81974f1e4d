#include "core/crypto/operation_cache.hpp"

#include "core/crypto/encryption_provider.hpp"
#include "core/crypto/signature_provider.hpp"

#include <iterator>
#include <utility>

namespace core::crypto {
namespace {

/// The same key, which this pointer does not keep alive: objects of a cache are only used while
/// whoever asks for them has the key.
key_ptr borrowed(key_ptr const& material)
{
    return {key_ptr(), material.get()};
}

bool is_same(std::weak_ptr<key const> const& one, key_ptr const& other) noexcept
{
    return !one.owner_before(other) && !other.owner_before(one);
}

}  // namespace

operation_cache::entry&
operation_cache::entry_of(key_ptr const& material, void const* row, bool allow_weak)
{
    id const name{material.get(), row, allow_weak};
    auto const found = places_.find(name);
    if (found != places_.end() && is_same(found->second->of, material)) {
        recent_.splice(recent_.begin(), recent_, found->second);
        return recent_.front();
    }
    if (found != places_.end())
        remove(found->second);
    else if (recent_.size() >= entries_max)
        remove(std::prev(recent_.end()));
    recent_.push_front({.name = name, .of = material});
    places_.emplace(name, recent_.begin());
    return recent_.front();
}

void operation_cache::remove(entries::iterator one)
{
    drop_table(*one);
    places_.erase(one->name);
    recent_.erase(one);
}

result<verifier*> operation_cache::verifier_for(
    key_ptr const& material, signature_algorithm const& row, bool allow_weak
)
{
    if (tables_ != nullptr && tables_->retirements() != seen_retirements_)
        drop_retired_tables();
    auto& kept = entry_of(material, &row, allow_weak);
    if (!kept.verifier) {
        auto made = make_verifier(borrowed(material), row, allow_weak, true);
        if (!made)
            return made.error();
        kept.verifier = std::move(*made);
        kept.may_have_table = may_have_table(*material, row);
    }
    return kept.may_have_table && tables_ != nullptr ? count_use(kept, material)
                                                     : kept.verifier.get();
}

/// Counts one token of a key that may have a table. Returns the verifier for it.
verifier* operation_cache::count_use(entry& kept, key_ptr const& material)
{
    ++kept.uses;
    if (kept.uses >= uses_per_note || std::exchange(kept.wants_table, false))
        take_table(kept, tables_->note(material, std::exchange(kept.uses, 0)));
    return kept.by_table ? kept.by_table.get() : kept.verifier.get();
}

void operation_cache::take_table(entry& kept, std::shared_ptr<key_table const> table)
{
    if (table == kept.table)
        return;
    drop_table(kept);
    if (!table)
        return;
    kept.by_table = make_table_verifier(table);
    if (!kept.by_table)
        return;
    kept.table = std::move(table);
    ++with_table_;
}

void operation_cache::drop_table(entry& kept)
{
    with_table_ -= kept.table ? 1 : 0;
    kept.by_table.reset();
    kept.table.reset();
}

void operation_cache::drop_retired_tables()
{
    if (tables_ != nullptr)
        seen_retirements_ = tables_->retirements();
    if (with_table_ == 0)
        return;
    for (auto& one : recent_) {
        if (one.table && one.table->is_retired())
            drop_table(one);
    }
}

void operation_cache::drop_gone_keys()
{
    for (auto one = recent_.begin(); one != recent_.end();) {
        auto const here = one++;
        if (here->of.expired())
            remove(here);
    }
}

void operation_cache::clear()
{
    places_.clear();
    recent_.clear();
    with_table_ = 0;
}

void operation_cache::give_back_tables()
{
    if (with_table_ == 0)  // as after most jobs
        return;
    for (auto& one : recent_) {
        if (one.table) {
            drop_table(one);
            one.wants_table = true;
        }
    }
}

result<signer*> operation_cache::signer_for(
    key_ptr const& material, signature_algorithm const& row, bool allow_weak
)
{
    auto& kept = entry_of(material, &row, allow_weak);
    if (!kept.signer) {
        auto made = make_kept_signer(borrowed(material), row, allow_weak);
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
