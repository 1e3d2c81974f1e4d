#include "service/state/dev_issuers.hpp"

#include "core/algorithms/signature_algorithm.hpp"
#include "core/json/json.hpp"
#include "core/keys/jwk_write.hpp"
#include "service/runtime/startup_error.hpp"

#include <algorithm>

namespace service {
namespace {

core::result<core::crypto::key_ptr> new_material(std::string const& alg)
{
    auto const* const row = core::find_signature_algorithm(alg);
    if (row == nullptr)
        return core::errc::internal;
    return core::crypto::generate(core::first_of(row->families), row->key_bits_min);
}

core::result<core::jwk> new_key(std::string const& alg)
{
    auto material = new_material(alg);
    if (!material)
        return material.error();
    core::jwk made;
    made.alg = alg;
    made.use = core::key_use::sig;
    made.material = std::move(*material);
    core::derive_kid(made);
    return made;
}

std::string set_of(std::vector<core::jwk> const& keys)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object().name("keys").begin_array();
    for (auto const& key : keys) {
        std::string one;
        core::append_public_jwk(one, key);
        out.raw(one);
    }
    out.end_array().end_object();
    return text;
}

}  // namespace

dev_issuers::dev_issuers(std::vector<config::dev_issuer> const& wanted, std::string const& base)
{
    for (auto const& [name, alg] : wanted) {
        auto key = new_key(alg);
        auto wrong = new_material(alg);
        if (!key || !wrong)
            throw startup_error("no key could be made for the development issuer " + name);
        one made{
            .issuer = base + "/dev/" + name, .alg = alg, .keys = {}, .wrong = std::move(*wrong)};
        made.keys.push_back(std::move(*key));
        all_.emplace(name, std::move(made));
    }
}

std::optional<dev_issuers::published> dev_issuers::find(std::string_view name) const
{
    std::scoped_lock const lock(guard_);
    auto const found = all_.find(name);
    if (found == all_.end())
        return std::nullopt;
    auto const& what = found->second;
    return published{what.issuer, set_of(what.keys), what.alg};
}

core::result<dev_issuers::signing_key>
dev_issuers::key_of(std::string_view name, std::string_view kid, bool is_wrong) const
{
    std::scoped_lock const lock(guard_);
    auto const found = all_.find(name);
    if (found == all_.end())
        return core::errc::not_found;
    auto const& by = found->second;
    auto const& keys = by.keys;
    auto const key =
        kid.empty() ? std::prev(keys.end()) : std::ranges::find(keys, kid, &core::jwk::kid);
    if (key == keys.end())
        return core::errc::key_not_found;
    return signing_key{is_wrong ? by.wrong : key->material, key->kid, key->alg, by.issuer};
}

core::result<dev_issuers::rotation> dev_issuers::rotate(std::string_view name)
{
    auto const found = all_.find(name);  // nothing is added or changed but the keys
    if (found == all_.end())
        return core::errc::not_found;
    auto key = new_key(found->second.alg);
    if (!key)
        return core::errc::internal;
    std::scoped_lock const lock(guard_);
    auto& keys = found->second.keys;
    rotation done{key->kid, keys.back().kid};
    if (keys.size() == keys_max)
        keys.erase(keys.begin());
    keys.push_back(std::move(*key));
    return done;
}

}  // namespace service
