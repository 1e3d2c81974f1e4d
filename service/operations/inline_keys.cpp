#include "service/operations/inline_keys.hpp"

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/algorithms/work_costs.hpp"
#include "core/base/base64url.hpp"
#include "core/keys/jwk_material.hpp"
#include "core/keys/key_formats.hpp"
#include "core/keys/key_text.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace service {
namespace {

constexpr std::array members{"key", "keys", "jwks", "secret", "secret_b64", "password"};

bool takes_password(inline_purpose purpose)
{
    return purpose == inline_purpose::encrypt || purpose == inline_purpose::decrypt;
}

std::span<char const* const> members_for(inline_purpose purpose)
{
    return std::span(members).first(members.size() - (takes_password(purpose) ? 0 : 1));
}

bool is_opened(config::inline_settings const& allowed, inline_purpose purpose)
{
    switch (purpose) {
    case inline_purpose::sign: return allowed.sign;
    case inline_purpose::verify: return allowed.verify;
    case inline_purpose::encrypt: return allowed.encrypt;
    case inline_purpose::decrypt: return allowed.decrypt;
    }
    return false;
}

bool takes_one_key(inline_purpose purpose)
{
    return purpose == inline_purpose::sign || purpose == inline_purpose::encrypt;
}

core::key_role role_of(inline_purpose purpose)
{
    bool const is_private = purpose == inline_purpose::sign || purpose == inline_purpose::decrypt;
    return is_private ? core::key_role::holder : core::key_role::counterpart;
}

core::failure unreadable(std::string_view sentence)
{
    return core::failure::of(core::errc::key_invalid, sentence);
}

/// A JWK object, or PEM or OpenSSH text.
core::result<core::jwk>
read_one(core::json::value from, core::key_role role, core::work_budget* budget)
{
    if (from.is_object())
        return core::parse_jwk(from, role, core::jwk_spelling::exact, budget);
    if (!from.is_string())
        return unreadable("A key must be a JWK object, or PEM or OpenSSH text.");
    if (from.string().size() > core::inline_key_text_max)
        return unreadable("A key in a request may be at most 16 KiB long.");
    return core::read_key(core::as_bytes(from.string()), {.role = role, .budget = budget});
}

/// The keys of `keys` or `jwks`; nullopt for any other member, whatever it contains.
std::optional<core::json::value> list_in(std::string_view name, core::json::value material)
{
    if (name == "keys")
        return material;
    return name == "jwks" ? material.find("keys") : std::nullopt;
}

core::result<inline_material>
from_list(core::json::value list, core::key_role role, core::work_budget* budget)
{
    inline_material material;
    if (!list.is_array() || list.size() == 0 || list.size() > 128)
        return unreadable("`keys` must be a list of 1 to 128 keys.");
    for (auto const one : list) {
        auto key = read_one(one, role, budget);
        if (!key)
            return key.error();
        material.keys.push_back(std::move(*key));
    }
    return material;
}

core::result<inline_material> from_secret(core::secret_bytes octets, core::work_budget* budget)
{
    // the search for a key in it reads it as JSON, among others
    if (!charge(budget, core::costs::of_reading(octets.size())))
        return core::errc::work_exceeded;
    if (core::looks_like_key_text(octets.view()))
        return unreadable("This secret is the text of a key: send it as `key`.");
    auto imported = core::crypto::import_secret(std::move(octets));
    if (!imported)
        return imported.error();
    inline_material material;
    core::jwk key;
    key.material = *imported;
    material.keys.push_back(std::move(key));
    material.single = true;
    return material;
}

core::result<inline_material> read_member(
    std::string_view name, core::json::value from, core::key_role role, core::work_budget* budget
)
{
    if (name == "keys")
        return from_list(from, role, budget);
    if (name == "jwks") {
        auto set = core::parse_jwk_set(from, core::set_source::given, role, budget);
        if (!set)
            return set.error();
        inline_material material;
        material.keys = std::move(set->keys);
        material.skipped = std::move(set->left_out);
        return material;
    }
    if (name == "key") {
        auto key = read_one(from, role, budget);
        if (!key)
            return key.error();
        inline_material material;
        material.keys.push_back(std::move(*key));
        material.single = true;
        return material;
    }
    if (!from.is_string())
        return unreadable("A secret must be a string.");
    if (name == "secret")
        return from_secret(core::secret_bytes(from.string()), budget);
    if (name == "password") {
        auto material = from_secret(core::secret_bytes(from.string()), budget);
        if (material)
            material->is_password = true;
        return material;
    }
    auto octets = core::base64url_decode(from.string());
    if (!octets)
        return unreadable("`secret_b64` must be base64url without padding.");
    return from_secret(core::secret_bytes(std::move(*octets)), budget);
}

}  // namespace

bool has_inline_material(body_reader& read, inline_purpose purpose)
{
    bool found = false;
    for (auto const* name : members_for(purpose))
        found = read.has(name) || found;
    return found;
}

core::result<std::optional<inline_material>>
read_inline_material(body_reader& read, request_scope const& in, inline_purpose purpose)
{
    auto const& allowed = in.settings().inline_keys;
    if (!has_inline_material(read, purpose))
        return std::optional<inline_material>{};
    auto const which = takes_password(purpose)
        ? read.at_most_one_of({"key", "keys", "jwks", "secret", "secret_b64", "password"})
        : read.at_most_one_of({"key", "keys", "jwks", "secret", "secret_b64"});
    if (which == body_reader::npos)
        return std::optional<inline_material>{};
    std::string_view const name = members[which];
    if (!is_opened(allowed, purpose)) {
        read.refuse(name, "The configuration does not allow keys in requests (inline_keys).");
        return std::optional<inline_material>{};
    }
    if (name == "password" && allowed_for_passwords(allowed).empty()) {
        read.refuse(name, "Passwords require a PBES2 algorithm in inline_keys.allow_algorithms.");
        return std::optional<inline_material>{};
    }
    auto const from = *read.any(name);
    auto const list = list_in(name, from);
    if (takes_one_key(purpose) && list && list->size() > 1) {
        read.refuse(name, "Signing, or encrypting to one recipient, takes only one key.");
        return std::optional<inline_material>{};
    }
    auto material = read_member(name, from, role_of(purpose), in.budget);
    if (!material)
        return material.error();
    for (auto& key : material->keys)
        key.allow_weak_hmac = allowed.allow_weak_hmac;
    return std::optional<inline_material>{std::move(*material)};
}

core::result<void> check_private_size(core::jwk const& key)
{
    if (key.material->family() == core::key_family::rsa && key.material->is_private()
        && key.material->bits() > inline_rsa_bits_max)
        return unreadable("An RSA key in a request may have at most 4096 bits.");
    return {};
}

std::vector<std::string> allowed_for_passwords(config::inline_settings const& allowed)
{
    std::vector<std::string> names;
    for (auto const& row : core::key_management_algorithms) {
        bool const is_allowed =
            std::ranges::find(allowed.allow_algorithms, row.name) != allowed.allow_algorithms.end();
        if (row.scheme == core::key_management_scheme::pbes2 && is_allowed)
            names.emplace_back(row.name);
    }
    return names;
}

}  // namespace service
