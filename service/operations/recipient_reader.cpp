#include "service/operations/recipient_reader.hpp"

#include "service/operations/encryption_keys.hpp"
#include "service/operations/inline_keys.hpp"

#include <algorithm>

namespace service {
namespace {

/// A key that may be encrypted to, and what its source allows with it.
struct candidate {
    core::jwk key;
    bool is_inline = false;
    bool is_password = false;
    bool alg_is_configured = false;
    bool allow_zip = false;
    unsigned metric = metrics::other;
    std::string source{};
};

core::result<candidate> inline_candidate(
    body_reader& read, inline_material material, config::inline_settings const& allowed
)
{
    for (auto const* name : {"key_name", "kid"}) {
        if (read.has(name))
            read.refuse(name, "This member cannot be combined with a key in the request.");
    }
    if (!read.ok())
        return *read.finish();
    candidate by;
    by.is_inline = true;
    by.is_password = material.is_password;
    by.allow_zip = allowed.allow_zip;
    by.key = std::move(material.keys.front());
    if (by.key.use == core::key_use::sig)
        return core::failure::of(
            core::errc::key_invalid, "The key's use is sig: it cannot encrypt."
        );
    return by;
}

core::result<candidate> configured_candidate(body_reader& read, request_scope const& in)
{
    key_choice choice;
    choice.name = read.string("key_name");
    choice.kid = read.string("kid");
    choice.alg = read.string("alg");
    if (read.ok() && !choice.name && !choice.kid)
        read.refuse("key_name", "Name a key by key_name or kid, or include a key in the request.");
    if (!read.ok())
        return *read.finish();
    auto found = find_sealing_key(in, choice);
    if (!found)
        return found.error();
    candidate by;
    by.key = std::move(found->key);
    by.alg_is_configured = found->alg_is_configured;
    by.allow_zip = found->allow_zip;
    by.metric = found->metric;
    by.source = std::move(found->source);
    return by;
}

/// The requested alg, the key's own or its kind's default. An alg that is off by default is only
/// used where the configuration names it.
core::result<core::key_management_algorithm const*> choose_algorithm(
    candidate const& by, std::optional<std::string_view> wanted,
    config::inline_settings const& allowed
)
{
    auto const family = by.key.material->family();
    auto const& listed = allowed.allow_algorithms;
    auto const passwords = allowed_for_passwords(allowed);
    auto const usual = by.is_password
        ? std::string_view(passwords.back())
        : core::default_encryption(family, by.key.material->bits(), by.key.alg).alg;
    auto const* row = core::find_key_management(wanted.value_or(usual));
    if (row == nullptr)
        return core::failure::of(
            core::errc::key_invalid,
            "No encryption algorithm works with a key of this kind and size."
        );
    bool const is_own = by.key.alg.empty() || by.key.alg == row->name
        || (row->scheme == core::key_management_scheme::direct
            && core::find_content_encryption(by.key.alg) != nullptr);
    bool const is_on = !row->is_off
        || (by.is_inline ? std::ranges::find(listed, row->name) != listed.end()
                         : by.alg_is_configured && by.key.alg == row->name);
    bool const fits_password = !by.is_password || row->scheme == core::key_management_scheme::pbes2;
    if (!is_own || !is_on || !fits_password)
        return core::errc::algorithm_not_allowed;
    return row;
}

}  // namespace

core::result<chosen_recipient> read_recipient(body_reader& read, request_scope const& in)
{
    auto const& allowed = in.settings().inline_keys;
    auto material = read_inline_material(read, in, inline_purpose::encrypt);
    if (!material)
        return material.error();
    auto const wanted = read.string("alg");
    auto apu = read.octets("apu_b64"), apv = read.octets("apv_b64");
    if (!read.ok())
        return *read.finish();
    if (wanted && core::find_key_management(*wanted) == nullptr)
        return core::errc::algorithm_unsupported;
    auto by = *material ? inline_candidate(read, std::move(**material), allowed)
                        : configured_candidate(read, in);
    if (!by)
        return by.error();
    auto const row = choose_algorithm(*by, wanted, allowed);
    if (!row)
        return row.error();
    if (apu && (*row)->scheme != core::key_management_scheme::ecdh)
        read.refuse("apu_b64", "apu and apv are only used with ECDH-ES.");
    if (apv && (*row)->scheme != core::key_management_scheme::ecdh)
        read.refuse("apv_b64", "apu and apv are only used with ECDH-ES.");
    chosen_recipient made;
    made.recipient.key = std::move(by->key);
    made.recipient.algorithm = *row;
    made.recipient.metric = by->metric;
    made.recipient.source = std::move(by->source);
    made.recipient.apu = std::move(apu);
    made.recipient.apv = std::move(apv);
    made.is_inline = by->is_inline;
    made.allow_zip = by->allow_zip;
    return made;
}

}  // namespace service
