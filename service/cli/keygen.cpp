#include "config/tree/suggest.hpp"
#include "core/algorithms/encryption_algorithm.hpp"
#include "core/base/secret.hpp"
#include "core/keys/jwk.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "service/cli/command.hpp"
#include "service/cli/files.hpp"
#include "service/cli/option_values.hpp"

#include <array>
#include <charconv>
#include <ostream>

namespace service::cli {
namespace {

constexpr std::array options{
    option{
        "--alg", takes::one, "NAME",
        "ES256, RS256, Ed25519, HS256, ...; ECDH-ES+A256KW, RSA-OAEP-256, ...", algorithm_names},
    option{
        "--use", takes::one, "USE", "sig or enc; enc without --alg makes a key for ECDH-ES+A256KW",
        key_uses},
    option{
        "--curve", takes::one, "NAME", "for ECDH-ES: P-256 (default), P-384, X25519, ...",
        agreement_curves},
    option{"--bits", takes::one, "N", "for RSA (default 2048) and secrets"},
    option{"--kid", takes::one, "KID", "default: the thumbprint; implies --format jwk"},
    option{
        "--format", takes::one, "FORM", "pem (default), or jwk (default for secrets)",
        key_file_forms},
    option{"--out", takes::one, "FILE", "a new file of mode 0600; default: standard output"},
    option{"--public-out", takes::one, "FILE", "a new file for the public key"},
    option{"--force", takes::nothing, "", "replaces existing files"},
};

[[noreturn]] void refuse(std::string text)
{
    throw stop{exit_code::usage, std::move(text)};
}

/// What an alg needs: the kind of key, and its minimum size.
struct recipe {
    std::string_view alg;
    core::key_use use = core::key_use::sig;
    core::key_families families;
    std::size_t bits = 0;         ///< default and minimum; 0 = the kind has only one size
    bool has_fixed_size = false;  ///< `bits` exactly
};

constexpr std::size_t rsa_bits_min = 2048;
constexpr std::size_t secret_bits_default = 256;

recipe recipe_of(core::signature_algorithm const& row)
{
    return {row.name, core::key_use::sig, row.families, row.key_bits_min, false};
}

recipe recipe_of(core::content_encryption_algorithm const& row)
{
    return {row.name, core::key_use::enc, core::key_family::secret, row.key_bits, true};
}

recipe recipe_of(core::key_management_algorithm const& row)
{
    recipe made{row.name, core::key_use::enc, row.families, 0, false};
    if (row.families.contains(core::key_family::rsa))
        made.bits = rsa_bits_min;
    if (!row.families.contains(core::key_family::secret))
        return made;
    made.bits = secret_bits_default;
    made.has_fixed_size = row.scheme == core::key_management_scheme::aes_wrap
        || row.scheme == core::key_management_scheme::aes_gcm_wrap;
    if (made.has_fixed_size)
        made.bits = row.wrap_bits;
    return made;
}

/// ", did you mean" for one of the algorithms.
std::string algorithm_hint(std::string_view text)
{
    std::vector<std::string_view> names;
    for (auto const& row : core::signature_algorithms)
        names.push_back(row.name);
    for (auto const& row : core::key_management_algorithms)
        names.push_back(row.name);
    for (auto const& row : core::content_encryption_algorithms)
        names.push_back(row.name);
    return config::did_you_mean(text, names);
}

recipe recipe_for(arguments const& from)
{
    auto const use = from.value("--use").value_or("");
    if (!use.empty() && use != "sig" && use != "enc")
        refuse("--use must be sig or enc");
    auto const alg = from.value("--alg").value_or(use == "enc" ? "ECDH-ES+A256KW" : "");
    if (alg.empty())
        refuse("it needs --alg");
    auto const* signs = core::find_signature_algorithm(alg);
    auto const* manages = core::find_key_management(alg);
    auto const* encrypts = core::find_content_encryption(alg);
    if (signs == nullptr && manages == nullptr && encrypts == nullptr)
        refuse(
            "--alg must be an algorithm, for example ES256 or RSA-OAEP-256" + algorithm_hint(alg)
        );
    auto const made = signs != nullptr ? recipe_of(*signs)
        : manages != nullptr           ? recipe_of(*manages)
                                       : recipe_of(*encrypts);
    if (!use.empty() && (use == "sig") != (made.use == core::key_use::sig))
        refuse("--use does not fit --alg");
    return made;
}

/// The requested curve, or the first of the alg's kinds: EdDSA means Ed25519, ECDH-ES means P-256.
core::key_family family_of(arguments const& from, recipe const& of)
{
    auto const curve = from.value("--curve");
    if (!curve)
        return core::first_of(of.families);
    for (auto const& row : core::key_family_rows) {
        if (of.families.contains(row.family) && core::crv_of(row.family) == *curve)
            return row.family;
    }
    refuse("--curve does not fit " + std::string(of.alg));
}

std::size_t bits_of(arguments const& from, recipe const& of)
{
    auto const text = from.value("--bits");
    if (!text)
        return of.bits;
    if (of.bits == 0)
        refuse("--bits is for RSA keys and secrets");
    std::size_t bits = 0;
    auto const [end, problem] = std::from_chars(text->data(), text->data() + text->size(), bits);
    if (problem != std::errc{} || end != text->data() + text->size())
        refuse("--bits must be a number");
    if (of.has_fixed_size && bits != of.bits)
        refuse(std::string(of.alg) + " needs " + std::to_string(of.bits) + " bits");
    bool const is_free = of.alg == "dir" || of.alg.starts_with("PBES2");
    if (bits < of.bits && !is_free)
        refuse(std::string(of.alg) + " needs at least " + std::to_string(of.bits) + " bits");
    return bits;
}

core::jwk make_key(arguments const& from)
{
    auto const of = recipe_for(from);
    auto material = core::crypto::generate(family_of(from, of), bits_of(from, of));
    if (!material)
        refuse("--bits: " + material.error().detail);
    core::jwk key;
    key.material = *material;
    key.alg = of.alg;
    key.use = of.use;
    key.kid = from.value("--kid").value_or("");
    core::derive_kid(key);
    return key;
}

bool writes_pem(arguments const& from, core::jwk const& key)
{
    bool const is_secret = key.material->family() == core::key_family::secret;
    auto const format =
        from.value("--format").value_or(is_secret || from.has("--kid") ? "jwk" : "pem");
    if (format != "jwk" && format != "pem")
        refuse("--format must be jwk or pem");
    if (format == "pem" && is_secret)
        refuse("a secret has no PEM form");
    if (format == "pem" && from.has("--kid"))
        refuse("a PEM file has no kid: use --format jwk");
    return format == "pem";
}

std::string private_text(core::jwk const& key, bool pem)
{
    if (pem)
        return *core::to_private_pem(*key.material);
    std::string text;
    core::append_private_jwk(text, key);
    return text + '\n';
}

std::string public_text(core::jwk const& key, bool pem)
{
    if (pem)
        return core::to_public_pem(*key.material);
    std::string text;
    core::append_public_jwk(text, key);
    return text + '\n';
}

exit_code run_keygen(arguments const& given, terminal& with)
{
    auto const out = given.value("--out"), public_out = given.value("--public-out");
    if (out && out == public_out)
        refuse("--out and --public-out are the same file");
    auto const key = make_key(given);
    bool const pem = writes_pem(given, key);
    if (public_out && key.material->family() == core::key_family::secret)
        refuse("a secret has no public half");

    auto secret = private_text(key, pem);
    if (out)
        write_file(*out, secret, visibility::owner_only, given.has("--force"));
    else
        with.out << secret;
    core::wipe(secret.data(), secret.size());
    if (public_out)
        write_file(*public_out, public_text(key, pem), visibility::everyone, given.has("--force"));
    if (out && !key.kid.empty())
        with.err << "kid " << key.kid << '\n';
    return exit_code::ok;
}

}  // namespace

constinit command const keygen_command{
    "keygen",
    "makes a key",
    "",
    0,
    0,
    options,
    "Existing files are not overwritten without --force.\n",
    "signet keygen --alg ES256 --out sig.pem --public-out sig.pub.pem",
    run_keygen,
};

}  // namespace service::cli
