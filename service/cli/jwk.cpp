#include "core/keys/jwk.hpp"

#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "service/cli/command.hpp"
#include "service/cli/keys.hpp"
#include "service/cli/option_values.hpp"

#include <array>
#include <ostream>

namespace service::cli {
namespace {

constexpr std::string_view reads =
    "FILE is PEM, DER, OpenSSH text, a JWK or a JWK Set; `-` is standard input.\n";

constexpr option form_option{
    "--to", takes::one, "FORM", "jwk (default), pem or jwks", written_forms};
constexpr std::array convert_options{
    form_option,
    option{"--private", takes::nothing, "", "writes private members too"},
    password_option,
};
constexpr std::array public_options{form_option, password_option};
constexpr std::array thumbprint_options{password_option};

[[noreturn]] void refuse(std::string_view text)
{
    throw stop{exit_code::usage, std::string(text)};
}

bool is_secret(core::jwk const& key)
{
    return key.material->family() == core::key_family::secret;
}

std::string to_jwk(core::jwk const& key, bool with_private)
{
    if (is_secret(key) && !with_private)
        refuse("a secret has no public half: --private writes it");
    std::string text;
    if (with_private)
        core::append_private_jwk(text, key);
    else
        core::append_public_jwk(text, key);
    return text;
}

std::string to_pem(core::jwk const& key, bool with_private)
{
    if (is_secret(key))
        refuse("a secret has no PEM form");
    if (!with_private)
        return core::to_public_pem(*key.material);
    auto pem = core::to_private_pem(*key.material);
    if (!pem)
        refuse("the key has no private half");
    return std::move(*pem);
}

std::string to_jwks(std::vector<core::jwk> const& keys, bool with_private)
{
    std::string text = "{\"keys\":[";
    for (auto const& key : keys) {
        if (&key != &keys.front())
            text += ',';
        text += to_jwk(key, with_private);
    }
    return text + "]}";
}

exit_code write_keys(arguments const& given, terminal& with, bool with_private)
{
    auto const form = given.value(form_option.name).value_or("jwk");
    if (form != "jwk" && form != "pem" && form != "jwks")
        refuse("--to must be jwk, pem or jwks");
    auto keys = read_keys(given.operands()[0], given, with);
    if (form != "jwks" && keys.size() != 1)
        refuse("the set has several keys: use --to jwks");
    for (auto& key : keys) {
        core::derive_kid(key);
        if (with_private && !key.material->is_private())
            refuse("the key has no private half");
    }
    if (form == "jwks")
        with.out << to_jwks(keys, with_private) << '\n';
    else if (form == "jwk")
        with.out << to_jwk(keys[0], with_private) << '\n';
    else
        with.out << to_pem(keys[0], with_private);
    return exit_code::ok;
}

exit_code run_convert(arguments const& given, terminal& with)
{
    return write_keys(given, with, given.has("--private"));
}

exit_code run_public(arguments const& given, terminal& with)
{
    return write_keys(given, with, false);
}

exit_code run_thumbprint(arguments const& given, terminal& with)
{
    auto const key = read_one_key(given.operands()[0], given, with);
    if (is_secret(key))
        refuse("the thumbprint of a secret is not shown, because it would help to guess the secret"
        );
    with.out << core::thumbprint(*key.material) << '\n';
    return exit_code::ok;
}

}  // namespace

constinit command const jwk_convert_command{
    "jwk convert",
    "writes keys in another form, without private members by default",
    "FILE",
    1,
    1,
    convert_options,
    reads,
    "signet jwk convert sig.pem --to jwks",
    run_convert,
};

constinit command const jwk_public_command{
    "jwk public", "writes the public half of a key", "FILE",     1, 1, public_options,
    reads,        "signet jwk public sig.pem",       run_public,
};

constinit command const jwk_thumbprint_command{
    "jwk thumbprint",
    "writes the SHA-256 thumbprint of a key (RFC 7638)",
    "FILE",
    1,
    1,
    thumbprint_options,
    reads,
    "signet jwk thumbprint sig.pem",
    run_thumbprint,
};

}  // namespace service::cli
