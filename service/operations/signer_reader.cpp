#include "service/callers/caller_auth.hpp"
#include "service/operations/inline_keys.hpp"
#include "service/operations/sign_request.hpp"

namespace service {
namespace {

constexpr std::string_view may_only_repeat =
    "With a profile this may only repeat what the profile uses.";

}  // namespace

/// Who signs: the key in the request, or the profile's active key.
core::result<sign_job::party> sign_job::read_party(body_reader& read)
{
    auto material = read_inline_material(read, in_.settings.inline_keys, inline_purpose::sign);
    if (!material)
        return material.error();
    if (!read.ok())
        return *read.finish();
    if (!*material)
        return profile_party(read);
    for (auto const* name : {"profile", "key_name", "kid"}) {
        if (read.has(name))
            read.refuse(name, "Keys in the request exclude this.");
    }
    return inline_party(read, std::move((*material)->keys.front()));
}

core::result<sign_job::party> sign_job::inline_party(body_reader& read, core::jwk key)
{
    is_inline_ = true;
    auto const family = key.material->family();
    auto const stated =
        key.alg.empty() ? core::default_signature_algorithm(family) : std::string_view(key.alg);
    auto const wanted = read.string("alg").value_or(stated);
    party by;
    by.is_inline = true;
    by.row = core::find_signature_algorithm(wanted);
    if (by.row == nullptr)
        return core::errc::algorithm_unsupported;
    if (!key.alg.empty() && !core::admits(key.alg, *by.row, family))
        return core::errc::algorithm_not_allowed;
    if (key.use == core::key_use::enc || !key.may(core::key_op::sign))
        return core::failure::of(
            core::errc::key_invalid, "The key's use or key_ops do not let it sign."
        );
    if (auto fine = check_private_size(key); !fine)
        return fine.error();
    by.key = std::move(key);
    return by;
}

core::result<sign_job::party> sign_job::profile_party(body_reader& read)
{
    auto const named = in_.settings.sign_profiles.find(read.string("profile").value_or("default"));
    if (named == in_.settings.sign_profiles.end()) {
        read.refuse("profile", "There is no sign profile of this name.");
        return *read.finish();
    }
    profile_ = &named->second;
    auto const who = authorize(in_.by, in_.settings, profile_->callers);
    if (!who)
        return who.error();
    if ((profile_->kind == config::token_kind::jwt) != claims_.has_value())
        read.refuse(
            "claims",
            "The profile signs the other kind: claims for kind jwt, a payload for kind jws."
        );

    return party_of_series(read);
}

/// The profile's active key; key_name, kid and alg may repeat what it is.
core::result<sign_job::party> sign_job::party_of_series(body_reader& read)
{
    auto key = active_key(profile_->key);
    if (!key)
        return key.error();
    party by;
    by.row = core::find_signature_algorithm(key->alg);
    by.metric = in_.counters.key_index(profile_->key);
    by.key = std::move(*key);
    for (auto const& [member, used] : {
             std::pair<char const*, std::string_view>{"key_name", profile_->key},
             std::pair<char const*, std::string_view>{"kid", by.key.kid},
             std::pair<char const*, std::string_view>{"alg", by.key.alg},
         }) {
        auto const said = read.string(member);
        if (said && *said != used)
            read.refuse(member, may_only_repeat);
    }
    return by;
}

core::result<core::jwk> sign_job::active_key(std::string_view series) const
{
    auto const* found = in_.ring.find(series);
    if (found == nullptr || found->active == nullptr)
        return core::failure::of(core::errc::key_not_found, "No key of this name signs now.");
    return *found->active;
}

/// The active key of a series that a jws profile opens to the caller.
core::result<sign_job::party> sign_job::named_party(body_reader& read)
{
    auto const name = read.required_string("key_name");
    core::failure refusal(core::errc::caller_forbidden);
    for (auto const& [_, profile] : in_.settings.sign_profiles) {
        if (profile.key != name || profile.kind != config::token_kind::jws)
            continue;
        auto const who = authorize(in_.by, in_.settings, profile.callers);
        if (who) {
            profile_ = &profile;
            return party_of_series(read);
        }
        refusal = who.error();
    }
    return refusal;
}

/// Several signatures over one payload: each by a key of its own, or by a series that a jws profile
/// opens to the caller.
core::result<void> sign_job::read_signers(core::json::value list)
{
    if (list.size() == 0 || list.size() > core::unverified_jws::signatures_max)
        return core::failure::of_member("signers", "signers holds 1 to 16 signers.");
    for (auto const entry : list) {
        if (!entry.is_object())
            return core::failure::of_member("signers", "A signer is an object.");
        body_reader read(entry);
        auto const header = read.object("header");
        auto const typ = read.string("typ");
        auto by = read.has("key_name") ? named_party(read) : read_party(read);
        if (!by)
            return by.error();
        if (auto problem = read.finish())
            return *problem;
        if (auto added = add(std::move(*by), header, typ); !added)
            return added;
    }
    return {};
}

}  // namespace service
