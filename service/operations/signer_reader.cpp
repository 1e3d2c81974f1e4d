#include "service/operations/signer_reader.hpp"

#include "service/operations/admit_caller.hpp"
#include "service/operations/inline_keys.hpp"

namespace service {
namespace {

constexpr std::string_view may_only_repeat =
    "With a profile this may only repeat what the profile uses.";

core::result<token_signer> signer_with_key(body_reader& read, core::jwk key)
{
    auto const family = key.material->family();
    auto const stated =
        key.alg.empty() ? core::default_signature_algorithm(family) : std::string_view(key.alg);
    auto const wanted = read.string("alg").value_or(stated);
    token_signer by;
    by.algorithm = core::find_signature_algorithm(wanted);
    if (by.algorithm == nullptr)
        return core::errc::algorithm_unsupported;
    if (!key.alg.empty() && !core::admits(key.alg, *by.algorithm, family))
        return core::errc::algorithm_not_allowed;
    if (key.use == core::key_use::enc || !key.may(core::key_op::sign))
        return core::failure::of(
            core::errc::key_invalid, "The key's use or key_ops do not allow signing."
        );
    if (auto fine = check_private_size(key); !fine)
        return fine.error();
    by.own = std::move(key);
    return by;
}

/// The profile's active key; key_name, kid and alg may repeat its values.
core::result<token_signer> signer_of_profile(body_reader& read, ready_sign_profile const& profile)
{
    if (!profile.key)
        return core::failure::of(core::errc::key_not_found, "No key of this name is active now.");
    for (auto const& [member, used] : {
             std::pair<char const*, std::string_view>{"key_name", profile.settings->key},
             std::pair<char const*, std::string_view>{"kid", profile.key->kid},
             std::pair<char const*, std::string_view>{"alg", profile.key->alg},
         }) {
        auto const said = read.string(member);
        if (said && *said != used)
            read.refuse(member, may_only_repeat);
    }
    token_signer by;
    by.profile = &profile;
    by.algorithm = profile.algorithm;
    return by;
}

core::result<token_signer>
signer_of_named_profile(body_reader& read, request_scope const& in, bool signs_claims)
{
    auto const* profile = in.seen->signing->find(read.string("profile").value_or("default"));
    if (profile == nullptr) {
        read.refuse("profile", "There is no sign profile of this name.");
        return *read.finish();
    }
    auto const& settings = *profile->settings;
    refusal_subject const asked{refusal_subject::kind::sign_profile, settings.name};
    if (auto const said = admit_caller(in, authorize_signing(in.by, settings), asked); !said)
        return said.error();
    if ((settings.kind == config::token_kind::jwt) != signs_claims)
        read.refuse(
            "claims", "A profile of kind jwt signs claims, and one of kind jws signs a payload."
        );
    return signer_of_profile(read, *profile);
}

/// The active key of a series that a profile of kind jws allows to the caller.
core::result<token_signer> signer_of_series(body_reader& read, request_scope const& in)
{
    auto const name = read.required_string("key_name");
    core::failure why(core::errc::caller_forbidden);
    for (auto const& [_, profile] : in.seen->signing->all()) {
        auto const& settings = *profile.settings;
        if (settings.key != name || settings.kind != config::token_kind::jws)
            continue;
        auto const said = authorize_signing(in.by, settings);
        if (said)
            return signer_of_profile(read, profile);
        why = said.error();
    }
    tell_refused_caller(why, in, {refusal_subject::kind::key, name});
    return why;
}

}  // namespace

core::result<token_signer>
read_signer(body_reader& read, request_scope const& in, bool signs_claims)
{
    auto material = read_inline_material(read, in, inline_purpose::sign);
    if (!material)
        return material.error();
    if (!read.ok())
        return *read.finish();
    if (!*material)
        return signer_of_named_profile(read, in, signs_claims);
    for (auto const* name : {"profile", "key_name", "kid"}) {
        if (read.has(name))
            read.refuse(name, "This member cannot be combined with a key in the request.");
    }
    return signer_with_key(read, std::move((*material)->keys.front()));
}

core::result<token_signer> read_listed_signer(body_reader& read, request_scope const& in)
{
    return read.has("key_name") ? signer_of_series(read, in) : read_signer(read, in, false);
}

}  // namespace service
