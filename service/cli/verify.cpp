#include "core/base/ascii.hpp"
#include "core/base/rfc3339.hpp"
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
    option{"--jwks", takes::one, "FILE", "a JWK Set"},
    secret_option,
    password_option,
    weak_option,
    option{
        "--alg", takes::many, "NAME", "accepts this algorithm; needed if a key has none",
        signature_names},
    option{"--audience", takes::many, "AUD", "accepts this aud; a token with aud needs one"},
    option{"--issuer", takes::many, "ISS", "accepts this iss"},
    option{"--subject", takes::one, "SUB", "expects this sub"},
    option{"--typ", takes::many, "TYPE", "accepts this typ; default: any"},
    option{"--scope", takes::many, "SCOPE", "requires this scope"},
    option{"--nonce", takes::one, "NONCE", "expects this nonce"},
    option{"--require", takes::many, "CLAIM", "requires this claim"},
    option{"--claim", takes::many, "NAME=JSON", "expects this value: --claim 'role=\"admin\"'"},
    option{"--leeway", takes::one, "30s", "for exp, nbf and iat; at most 5m"},
    option{"--max-age", takes::one, "1h", "largest time since iat"},
    option{
        "--skip", takes::many, "CHECK", "exp, nbf, iat, iss, aud, sub, jti or at_hash",
        checks_to_skip},
    option{
        "--mode", takes::one, "MODE", "jwt (default), or jws: any payload, no claims",
        verify_modes},
    option{"--payload-file", takes::one, "FILE", "the content of a detached token (mode jws)"},
    option{"--now", takes::one, "TIME", "used instead of the clock, RFC 3339 (offline)"},
    url_option,
    profile_option,
    token_file_option,
    ca_option,
    client_cert_option,
    client_key_option,
};

/// --claim NAME=JSON, all of them as one object.
void write_expected_claims(core::json::writer& to, arguments const& from)
{
    auto const pairs = from.values("--claim");
    if (pairs.empty())
        return;
    to.name("claims").begin_object();
    for (auto const pair : pairs) {
        auto const equals = pair.find('=');
        auto const name = pair.substr(0, equals);
        auto const value = core::json::document::parse(
            std::string(equals == std::string_view::npos ? "" : pair.substr(equals + 1))
        );
        if (!value || name.empty())
            throw stop{
                exit_code::usage,
                "--claim must be NAME=JSON; strings need quotes: --claim 'role=\"admin\"'"};
        to.member_raw(name, value->root().text());
    }
    to.end_object();
}

void write_skipped_checks(core::json::writer& to, arguments const& from)
{
    auto const checks = from.values("--skip");
    if (checks.empty())
        return;
    to.name("checks").begin_object();
    for (auto const check : checks)
        to.member(check, false);
    to.end_object();
}

void write_body(core::json::writer& to, arguments const& from, terminal& with)
{
    to.begin_object();
    to.member("token", core::trimmed(read_text(from.operands()[0], with), core::text_space));
    write_material(to, from, with);
    write_string(to, "profile", from, profile_option.name);
    write_string(to, "mode", from, "--mode");
    write_payload(to, from, with);
    write_list(to, "algorithms", from, "--alg");
    write_list(to, "audience", from, "--audience");
    write_list(to, "issuer", from, "--issuer");
    write_string(to, "subject", from, "--subject");
    write_list(to, "typ", from, "--typ");
    write_list(to, "scopes", from, "--scope");
    write_string(to, "nonce", from, "--nonce");
    write_list(to, "required", from, "--require");
    write_expected_claims(to, from);
    write_duration(to, "leeway", from, "--leeway");
    write_duration(to, "max_age", from, "--max-age");
    write_skipped_checks(to, from);
    to.end_object();
}

core::instant moment_of(arguments const& from)
{
    auto const text = from.value("--now");
    if (!text)
        return system_now();
    auto const moment = core::parse_rfc3339(*text);
    if (!moment)
        throw stop{exit_code::usage, "--now must be a time such as 2026-08-01T00:00:00Z"};
    return *moment;
}

exit_code run_verify(arguments const& given, terminal& with)
{
    if (!is_online(given) && !has_material(given))
        throw stop{exit_code::usage, "it needs --key, --jwks, --secret-file or --url"};
    auto const now = moment_of(given);
    request_text body;
    core::json::writer writer(body.text);
    write_body(writer, given, with);
    return print_answer(ask(verb::verify, body.text, given, with, now), with);
}

}  // namespace

constinit command const verify_command{
    "verify",
    "verifies a token with a key file, or through a service",
    "TOKEN|@FILE|-",
    1,
    1,
    options,
    "Prints the answer of POST /verify as JSON, or the problem on stderr.\n",
    "signet verify @token.txt --key sig.pem --alg ES256 --audience api://orders",
    run_verify,
};

}  // namespace service::cli
