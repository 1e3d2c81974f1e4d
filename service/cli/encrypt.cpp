#include "core/base/base64url.hpp"
#include "service/cli/command.hpp"
#include "service/cli/files.hpp"
#include "service/cli/keys.hpp"
#include "service/cli/option_values.hpp"
#include "service/cli/token_call.hpp"
#include "service/runtime/clock.hpp"

namespace service::cli {
namespace {

constexpr std::array options{
    key_option,
    option{
        "--secret-file", takes::one, "FILE", "a secret or a password, without its last line break"},
    password_option,
    option{"--plaintext-file", takes::one, "FILE", "what is encrypted; `-` = standard input"},
    option{"--claims", takes::one, "JSON", "claims instead: an object, @FILE or `-`"},
    option{
        "--alg", takes::one, "NAME",
        "if the key has none: default RSA-OAEP-256, ECDH-ES+A256KW, A256KW or dir",
        key_management_names},
    option{
        "--enc", takes::one, "NAME", "default A256GCM, or the enc of a dir key",
        content_encryption_names},
    option{"--zip", takes::nothing, "", "compresses before encrypting"},
    option{"--header", takes::one, "JSON", "further protected header members: an object, @FILE"},
    option{"--typ", takes::one, "TYPE", "default JWT for claims, otherwise none"},
    option{"--cty", takes::one, "TYPE", "what the plaintext is"},
    option{"--serialization", takes::one, "FORM", "compact, flattened or general", serializations},
    url_option,
    key_name_option,
    kid_option,
    token_file_option,
    ca_option,
    client_cert_option,
    client_key_option,
};

void write_plaintext(core::json::writer& to, arguments const& from, terminal& with)
{
    if (auto const claims = from.value("--claims"))
        to.member_raw("claims", read_object("--claims", *claims, with));
    if (auto const path = from.value("--plaintext-file")) {
        auto const octets = read_file(*path, with, text_bytes_max);
        to.member("plaintext_b64", core::base64url_encode(octets.view()));
    }
}

void write_body(core::json::writer& to, arguments const& from, terminal& with)
{
    to.begin_object();
    write_material(to, from, with);
    write_plaintext(to, from, with);
    write_string(to, "key_name", from, key_name_option.name);
    write_string(to, "kid", from, kid_option.name);
    write_string(to, "alg", from, "--alg");
    write_string(to, "enc", from, "--enc");
    if (from.has("--zip"))
        to.member("zip", "DEF");
    if (auto const header = from.value("--header"))
        to.member_raw("header", read_object("--header", *header, with));
    write_string(to, "typ", from, "--typ");
    write_string(to, "cty", from, "--cty");
    write_string(to, "serialization", from, "--serialization");
    to.end_object();
}

exit_code run_encrypt(arguments const& given, terminal& with)
{
    if (!is_online(given) && !has_material(given))
        throw stop{exit_code::usage, "it needs --key, --secret-file or --url"};
    if (given.has("--claims") == given.has("--plaintext-file"))
        throw stop{exit_code::usage, "it needs either --claims or --plaintext-file"};
    request_text body;
    core::json::writer writer(body.text);
    write_body(writer, given, with);
    return print_token(ask(verb::encrypt, body.text, given, with, system_now()), with);
}

}  // namespace

constinit command const encrypt_command{
    "encrypt",
    "encrypts claims or any bytes to a key file, or through a service",
    "",
    0,
    0,
    options,
    "Prints only the token. The public key is enough. With --alg PBES2-HS512+A256KW the\n"
    "--secret-file contains a password. Offline, RSA1_5 and PBES2 work if --alg names them.\n",
    "signet encrypt --key enc.pub.pem --plaintext-file letter.txt",
    run_encrypt,
};

}  // namespace service::cli
