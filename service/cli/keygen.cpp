#include "core/jwk.hpp"
#include "core/key_formats.hpp"
#include "core/secret.hpp"
#include "service/cli/command.hpp"
#include "service/cli/files.hpp"

#include <array>
#include <charconv>
#include <ostream>

namespace service::cli {
namespace {

constexpr std::array options{
    option{
        "--alg", takes::one, "NAME", "HS256, RS256, PS256, ES256, ES256K, Ed25519, ML-DSA-65, ..."},
    option{"--bits", takes::one, "N", "of RSA (default 2048) and of secrets"},
    option{"--kid", takes::one, "KID", "default the thumbprint; implies --format jwk"},
    option{"--format", takes::one, "FORM", "pem (default), or jwk (default for secrets)"},
    option{"--out", takes::one, "FILE", "a new file of mode 0600; default standard output"},
    option{"--public-out", takes::one, "FILE", "a new file for the public key"},
    option{"--force", takes::nothing, "", "replaces files that exist"},
};

[[noreturn]] void refuse(std::string text)
{
    throw stop{exit_code::usage, std::move(text)};
}

/// What one `alg` makes when it is for keys of several kinds: EdDSA means Ed25519.
core::key_family family_of(core::signature_algorithm const& row)
{
    for (unsigned bit = 0; bit < 16; ++bit) {
        auto const one = static_cast<core::key_family>(1U << bit);
        if (row.families.contains(one))
            return one;
    }
    return core::key_family::secret;
}

std::size_t bits_of(arguments const& from, core::signature_algorithm const& row)
{
    auto const text = from.value("--bits");
    if (!text)
        return row.key_bits_min;
    if (row.key_bits_min == 0)
        refuse("--bits is for RSA keys and secrets");
    std::size_t bits = 0;
    auto const [end, problem] = std::from_chars(text->data(), text->data() + text->size(), bits);
    if (problem != std::errc{} || end != text->data() + text->size())
        refuse("--bits is a number");
    if (bits < row.key_bits_min)
        refuse(
            std::string(row.name) + " needs at least " + std::to_string(row.key_bits_min) + " bits"
        );
    return bits;
}

core::jwk make_key(arguments const& from)
{
    auto const* row = core::find_signature_algorithm(from.value("--alg").value_or(""));
    if (row == nullptr)
        refuse(
            from.has("--alg") ? "--alg is the name of a signature algorithm, for example ES256"
                              : "it needs --alg"
        );
    auto material = core::crypto::generate(family_of(*row), bits_of(from, *row));
    if (!material)
        refuse("--bits: " + material.error().detail);
    core::jwk key;
    key.material = *material;
    key.alg = row->name;
    key.use = core::key_use::sig;
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
        refuse("--format is jwk or pem");
    if (format == "pem" && is_secret)
        refuse("a secret has no PEM form");
    if (format == "pem" && from.has("--kid"))
        refuse("a PEM file holds no kid: use --format jwk");
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
        refuse("--out and --public-out name one file");
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
    "Files that exist are never overwritten without --force.\n",
    "signet keygen --alg ES256 --out sig.pem --public-out sig.pub.pem",
    run_keygen,
};

}  // namespace service::cli
