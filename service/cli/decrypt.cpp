#include "core/base/ascii.hpp"
#include "core/base/base64url.hpp"
#include "service/cli/command.hpp"
#include "service/cli/files.hpp"
#include "service/cli/keys.hpp"
#include "service/cli/option_values.hpp"
#include "service/cli/token_call.hpp"
#include "service/runtime/clock.hpp"

#include <ostream>

namespace service::cli {
namespace {

constexpr std::array options{
    key_option,
    option{"--jwks", takes::one, "FILE", "a JWK Set"},
    option{
        "--secret-file", takes::one, "FILE", "a secret or a password, without its last line break"},
    password_option,
    option{
        "--alg", takes::many, "NAME", "accepts only this alg; needed when it is off by default",
        key_management_names},
    option{"--enc", takes::many, "NAME", "accepts only this enc", content_encryption_names},
    option{"--allow-zip", takes::nothing, "", "accepts compressed tokens (offline)"},
    option{
        "--verify", takes::one, "JSON",
        "verifies the token inside: a request to /verify without its token, @FILE"},
    option{"--plaintext", takes::nothing, "", "prints only the plaintext, byte for byte"},
    url_option,
    key_name_option,
    kid_option,
    token_file_option,
    ca_option,
    client_cert_option,
    client_key_option,
};

void write_body(core::json::writer& to, arguments const& from, terminal& with)
{
    to.begin_object();
    to.member("token", core::trimmed(read_text(from.operands()[0], with), core::text_space));
    write_material(to, from, with);
    write_string(to, "key_name", from, key_name_option.name);
    write_string(to, "kid", from, kid_option.name);
    write_list(to, "algorithms", from, "--alg");
    write_list(to, "encryptions", from, "--enc");
    if (auto const verify = from.value("--verify"))
        to.member_raw("verify", read_object("--verify", *verify, with));
    to.end_object();
}

exit_code print_plaintext(answer const& what, terminal& with)
{
    auto const body = core::json::document::parse(what.body);
    if (what.status != 200 || !body || !body->root().is_object())
        return print_refusal(what, with);
    auto const text = body->root().find("plaintext");
    auto const encoded = body->root().find("plaintext_b64");
    if (text)
        with.out << text->string();
    else if (encoded)
        with.out << core::base64url_decode_text(encoded->string()).value_or("");
    else
        return print_refusal(what, with);
    return exit_code::ok;
}

exit_code run_decrypt(arguments const& given, terminal& with)
{
    if (!is_online(given) && !has_material(given))
        throw stop{exit_code::usage, "it needs --key, --jwks, --secret-file or --url"};
    if (given.has("--verify") && given.has("--plaintext"))
        throw stop{
            exit_code::usage, "--plaintext cannot be used with --verify, which prints claims"};
    request_text body;
    core::json::writer writer(body.text);
    write_body(writer, given, with);
    auto const said = ask(verb::decrypt, body.text, given, with, system_now());
    return given.has("--plaintext") ? print_plaintext(said, with) : print_answer(said, with);
}

}  // namespace

constinit command const decrypt_command{
    "decrypt",
    "decrypts a token with a key file, or through a service",
    "TOKEN|@FILE|-",
    1,
    1,
    options,
    "Prints the answer of POST /decrypt as JSON, or the problem on stderr.\n"
    "Decrypting does not show who made a token: use --verify to check a signature inside.\n",
    "signet decrypt @token.txt --key enc.pem",
    run_decrypt,
};

}  // namespace service::cli
