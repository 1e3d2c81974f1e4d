#include "service/operations/encrypt_request.hpp"
#include "service/operations/jwe_header.hpp"

#include <algorithm>

namespace service {
namespace {

bool contains(std::vector<std::string> const& list, std::string_view one)
{
    return std::ranges::find(list, one) != list.end();
}

}  // namespace

/// One token for several: each by a key of its own, or by a configured one.
core::result<void> encrypt_job::read_recipients(core::json::value list)
{
    if (list.size() == 0 || list.size() > core::unopened_jwe::recipients_max)
        return core::failure::of_member("recipients", "recipients holds 1 to 16 of them.");
    for (auto const entry : list) {
        if (!entry.is_object())
            return core::failure::of_member("recipients", "A recipient is an object.");
        body_reader read(entry);
        auto const own = read.object("header");
        auto by = read_party(read);
        if (!by)
            return by.error();
        if (auto problem = read.finish())
            return *problem;
        if (own) {
            if (auto fine = check_own_header(*own, header_); !fine)
                return fine;
            by->header = own->text();
        }
        parties_.push_back(std::move(*by));
    }
    return {};
}

/// To whom: the key in the request, or a configured one.
core::result<encrypt_job::party> encrypt_job::read_party(body_reader& read)
{
    auto const& allowed = in_.settings.inline_keys;
    auto material = read_inline_material(read, allowed, inline_purpose::encrypt);
    if (!material)
        return material.error();
    auto const wanted = read.string("alg");
    auto apu = read.octets("apu_b64"), apv = read.octets("apv_b64");
    if (!read.ok())
        return *read.finish();
    if (wanted && core::find_key_management(*wanted) == nullptr)
        return core::errc::algorithm_unsupported;
    auto by = *material ? inline_party(read, std::move(**material)) : configured_party(read);
    if (!by)
        return by;
    is_inline_ = is_inline_ || by->is_inline;
    if (auto chosen = choose_algorithm(*by, wanted); !chosen)
        return chosen.error();
    if (apu && by->row->scheme != core::key_management_scheme::ecdh)
        read.refuse("apu_b64", "apu and apv belong to ECDH-ES.");
    if (apv && by->row->scheme != core::key_management_scheme::ecdh)
        read.refuse("apv_b64", "apu and apv belong to ECDH-ES.");
    by->apu = std::move(apu);
    by->apv = std::move(apv);
    return by;
}

core::result<encrypt_job::party>
encrypt_job::inline_party(body_reader& read, inline_material material) const
{
    for (auto const* name : {"key_name", "kid"}) {
        if (read.has(name))
            read.refuse(name, "Keys in the request exclude this.");
    }
    if (!read.ok())
        return *read.finish();
    party by;
    by.is_inline = true;
    by.is_password = material.is_password;
    by.allow_zip = in_.settings.inline_keys.allow_zip;
    by.key = std::move(material.keys.front());
    if (by.key.use == core::key_use::sig)
        return core::failure::of(core::errc::key_invalid, "The key's use is to sign.");
    return by;
}

core::result<encrypt_job::party> encrypt_job::configured_party(body_reader& read) const
{
    key_choice choice;
    choice.name = read.string("key_name");
    choice.kid = read.string("kid");
    choice.alg = read.string("alg");
    if (read.ok() && !choice.name && !choice.kid)
        read.refuse("key_name", "Name a key: key_name, kid, or key material in the request.");
    if (!read.ok())
        return *read.finish();
    auto found = find_sealing_key(in_, choice);
    if (!found)
        return found.error();
    party by;
    by.key = std::move(found->key);
    by.alg_is_configured = found->alg_is_configured;
    by.allow_zip = found->allow_zip;
    by.metric = found->metric;
    return by;
}

/// The wanted alg, the key's own or its kind's; what is off by default only where the configuration
/// names it.
core::result<void>
encrypt_job::choose_algorithm(party& by, std::optional<std::string_view> wanted) const
{
    auto const family = by.key.material->family();
    auto const& listed = in_.settings.inline_keys.allow_algorithms;
    auto const passwords = allowed_for_passwords(in_.settings.inline_keys);
    auto const usual = by.is_password
        ? std::string_view(passwords.back())
        : core::default_encryption(family, by.key.material->bits(), by.key.alg).alg;
    auto const* row = core::find_key_management(wanted.value_or(usual));
    if (row == nullptr)
        return core::failure::of(
            core::errc::key_invalid, "No encryption algorithm takes a key of this kind and size."
        );
    bool const is_own = by.key.alg.empty() || by.key.alg == row->name
        || (row->scheme == core::key_management_scheme::direct
            && core::find_content_encryption(by.key.alg) != nullptr);
    bool const is_on = !row->is_off
        || (by.is_inline ? contains(listed, row->name)
                         : by.alg_is_configured && by.key.alg == row->name);
    bool const fits_password = !by.is_password || row->scheme == core::key_management_scheme::pbes2;
    if (!is_own || !is_on || !fits_password)
        return core::errc::algorithm_not_allowed;
    by.row = row;
    return {};
}

}  // namespace service
