#include "config/sections/fit_encryption.hpp"

#include "config/tree/suggest.hpp"

namespace config {
namespace {

constexpr std::size_t rsa_bits_min = 2048;  // RFC 7518 sections 4.2, 4.3
constexpr std::size_t password_octets = 32;

std::string text_of(std::size_t number)
{
    return std::to_string(number);
}

/// Why the key's own use or alg does not fit `alg`; empty when it does.
std::string own_objection(core::jwk const& key, std::string_view alg)
{
    if (key.use == core::key_use::sig)
        return "the key itself says that it is for signatures";
    // a `dir` key may name `dir` or its enc; the more exact one is kept
    bool const is_refined = key.alg == "dir" && core::find_content_encryption(alg) != nullptr;
    if (!key.alg.empty() && key.alg != alg && !is_refined)
        return "the key itself says " + key.alg;
    return {};
}

/// Why the key's size does not fit its alg; empty when it does.
std::string size_objection(core::jwk const& key)
{
    auto const bits = key.material->bits();
    auto const* row = core::find_key_management(key.alg);
    auto const* enc = core::find_content_encryption(key.alg);
    if (key.material->family() == core::key_family::rsa && bits < rsa_bits_min)
        return key.alg + " needs a key of at least 2048 bits, this one has " + text_of(bits);
    if (enc != nullptr && bits != enc->key_bits)
        return key.alg + " needs a secret of " + text_of(enc->key_bits) + " bits, this one has "
            + text_of(bits);
    if (row == nullptr)
        return {};
    bool const wraps = row->scheme == core::key_management_scheme::aes_wrap
        || row->scheme == core::key_management_scheme::aes_gcm_wrap;
    if (wraps && bits != row->wrap_bits)
        return key.alg + " needs a secret of " + text_of(row->wrap_bits) + " bits, this one has "
            + text_of(bits);
    bool const is_direct = row->scheme == core::key_management_scheme::direct;
    if (is_direct && core::default_encryption(core::key_family::secret, bits, "dir").alg.empty())
        return "dir needs a secret of 128, 192, 256, 384 or 512 bits, this one has "
            + text_of(bits);
    return {};
}

bool has_encryption_op(core::jwk const& key)
{
    using enum core::key_op;
    return key.may(encrypt) || key.may(decrypt) || key.may(wrap_key) || key.may(unwrap_key)
        || key.may(derive_key) || key.may(derive_bits);
}

}  // namespace

bool is_encryption_name(std::string_view alg) noexcept
{
    return core::find_key_management(alg) != nullptr
        || core::find_content_encryption(alg) != nullptr;
}

std::string encryption_hint(std::string_view text)
{
    std::vector<std::string_view> names;
    for (auto const& row : core::key_management_algorithms)
        names.push_back(row.name);
    for (auto const& row : core::content_encryption_algorithms)
        names.push_back(row.name);
    return did_you_mean(text, names);
}

bool fit_encryption(map_reader const& item, core::jwk& key)
{
    auto const refuse = [&](std::string_view member, std::string text) {
        item.error(member, std::move(text));
        return false;
    };
    auto const family = key.material->family();
    std::string alg(core::default_encryption(family, key.material->bits(), key.alg).alg);
    if (!key.alg.empty())
        alg = key.alg;
    item.read("alg", alg);
    if (auto problem = own_objection(key, alg); !problem.empty())
        return refuse(item.has("alg") ? "alg" : "", std::move(problem));
    if (alg.empty())
        return refuse("", "no encryption algorithm takes a key of this kind and size");
    if (!is_encryption_name(alg))
        return refuse("alg", "`" + alg + "` is not an encryption algorithm" + encryption_hint(alg));
    if (!core::is_encryption_algorithm(alg, family)) {
        auto const crv = core::crv_of(family);
        return refuse(
            "alg",
            alg + " does not fit a key of type " + std::string(core::kty_of(family))
                + (crv.empty() ? "" : " " + std::string(crv))
        );
    }
    key.alg = alg;
    key.use = core::key_use::enc;
    if (auto problem = size_objection(key); !problem.empty())
        return refuse("", std::move(problem));
    if (!has_encryption_op(key))
        return refuse("", "the key's own key_ops do not let it encrypt or decrypt");
    return true;
}

core::result<core::crypto::key_ptr> generate_for_encryption(std::string_view alg)
{
    using core::crypto::generate;
    if (auto const* enc = core::find_content_encryption(alg))
        return generate(core::key_family::secret, enc->key_bits);
    auto const* row = core::find_key_management(alg);
    if (row == nullptr)
        return core::errc::key_invalid;
    auto const family = core::first_of(row->families);
    if (family != core::key_family::secret)
        return generate(family, family == core::key_family::rsa ? rsa_bits_min : 0);
    bool const is_wrap = row->scheme != core::key_management_scheme::pbes2 && row->wrap_bits != 0;
    return generate(family, is_wrap ? row->wrap_bits : password_octets * 8);
}

}  // namespace config
