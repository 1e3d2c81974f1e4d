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
    secret_option,
    password_option,
    weak_option,
    option{"--claims", takes::one, "JSON", "the claims: an object, @FILE or `-`"},
    option{"--payload-file", takes::one, "FILE", "any bytes instead of claims"},
    option{"--header", takes::one, "JSON", "further protected header members: an object, @FILE"},
    option{
        "--alg", takes::one, "NAME", "if the key has none: default RS256, ES by curve, HS256",
        signature_names},
    option{"--typ", takes::one, "TYPE", "default JWT for claims, none for a payload"},
    option{"--expires-in", takes::one, "15m", "adds exp"},
    option{"--not-before-in", takes::one, "30s", "adds nbf"},
    option{"--jti", takes::maybe, "ID", "adds a jti: a new one, or this"},
    option{"--detached", takes::nothing, "", "leaves the payload out of the token"},
    option{"--no-b64", takes::nothing, "", "signs the payload without encoding it (RFC 7797)"},
    option{"--serialization", takes::one, "FORM", "compact, flattened or general", serializations},
    option{
        "--encrypt", takes::one, "JSON",
        "encrypts the token: a request to /encrypt without its content, @FILE"},
    url_option,
    profile_option,
    token_file_option,
    ca_option,
    client_cert_option,
    client_key_option,
};

void write_body(core::json::writer& to, arguments const& from, terminal& with)
{
    to.begin_object();
    write_material(to, from, with);
    if (auto const claims = from.value("--claims"))
        to.member_raw("claims", read_object("--claims", *claims, with));
    write_payload(to, from, with);
    if (auto const header = from.value("--header"))
        to.member_raw("header", read_object("--header", *header, with));
    write_string(to, "alg", from, "--alg");
    write_string(to, "typ", from, "--typ");
    write_string(to, "profile", from, profile_option.name);
    write_duration(to, "expires_in", from, "--expires-in");
    write_duration(to, "not_before_in", from, "--not-before-in");
    if (auto const jti = from.value("--jti")) {
        if (jti->empty())
            to.member("jti", true);
        else
            to.member("jti", *jti);
    }
    if (from.has("--detached"))
        to.member("detached", true);
    if (from.has("--no-b64"))
        to.member("b64", false);
    write_string(to, "serialization", from, "--serialization");
    if (auto const encrypt = from.value("--encrypt"))
        to.member_raw("encrypt", read_object("--encrypt", *encrypt, with));
    to.end_object();
}

exit_code run_sign(arguments const& given, terminal& with)
{
    if (!is_online(given) && !has_material(given))
        throw stop{exit_code::usage, "it needs --key, --secret-file or --url"};
    if (given.has("--claims") == given.has("--payload-file"))
        throw stop{exit_code::usage, "it needs either --claims or --payload-file"};
    request_text body;
    core::json::writer writer(body.text);
    write_body(writer, given, with);
    return print_token(ask(verb::sign, body.text, given, with, system_now()), with);
}

}  // namespace

constinit command const sign_command{
    "sign",
    "signs claims or a payload with a key file, or through a service",
    "",
    0,
    0,
    options,
    "Prints only the token. Offline, only the options add claims.\n",
    R"(signet sign --key sig.pem --claims '{"sub":"ada","aud":"api://orders"}' --expires-in 15m)",
    run_sign,
};

}  // namespace service::cli
