#include "service/state/dev_issuers.hpp"

#include "core/json/json.hpp"
#include "core/keys/jwk_write.hpp"
#include "service/runtime/startup_error.hpp"

#include <algorithm>

namespace service {
namespace {

core::result<core::jwk> new_key()
{
    auto material = core::crypto::generate(core::key_family::p256, 0);
    if (!material)
        return material.error();
    core::jwk made;
    made.alg = "ES256";
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

dev_issuers::dev_issuers(std::vector<std::string> const& names, std::string const& base)
{
    for (auto const& name : names) {
        auto key = new_key();
        auto wrong = core::crypto::generate(core::key_family::p256, 0);
        if (!key || !wrong)
            throw startup_error("no key could be made for the development issuer " + name);
        one made{.issuer = base + "/dev/" + name, .keys = {}, .wrong = std::move(*wrong)};
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
    return published{found->second.issuer, set_of(found->second.keys)};
}

core::result<dev_issuers::signing_key>
dev_issuers::key_of(std::string_view name, std::string_view kid, bool is_wrong) const
{
    std::scoped_lock const lock(guard_);
    auto const found = all_.find(name);
    if (found == all_.end())
        return core::errc::not_found;
    auto const& keys = found->second.keys;
    auto const key =
        kid.empty() ? std::prev(keys.end()) : std::ranges::find(keys, kid, &core::jwk::kid);
    if (key == keys.end())
        return core::errc::key_not_found;
    return signing_key{is_wrong ? found->second.wrong : key->material, key->kid};
}

core::result<dev_issuers::rotation> dev_issuers::rotate(std::string_view name)
{
    auto key = new_key();
    if (!key)
        return core::errc::internal;
    std::scoped_lock const lock(guard_);
    auto const found = all_.find(name);
    if (found == all_.end())
        return core::errc::not_found;
    auto& keys = found->second.keys;
    rotation done{key->kid, keys.back().kid};
    if (keys.size() == keys_max)
        keys.erase(keys.begin());
    keys.push_back(std::move(*key));
    return done;
}

}  // namespace service
