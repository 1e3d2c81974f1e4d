#pragma once

#include "core/base/secret.hpp"
#include "core/json/json.hpp"
#include "service/cli/arguments.hpp"
#include "service/cli/client.hpp"
#include "service/cli/offline.hpp"

#include <array>
#include <string>
#include <string_view>

/// What sign, verify, encrypt, decrypt and inspect have in common: a JSON body, answered here or by
/// a service.
namespace service::cli {

inline constexpr option url_option{
    "--url", takes::one, "URL",
    "asks a running service: https://HOST, http://HOST:PORT or unix:/PATH"};
inline constexpr option profile_option{
    "--profile", takes::one, "NAME", "the service's profile (with --url)"};
inline constexpr option token_file_option{
    "--token-file", takes::one, "FILE", "the caller's bearer secret or JWT (with --url)"};
inline constexpr option ca_option{
    "--ca-file", takes::one, "FILE",
    "trusts these certificates instead of the system's (with --url https://...)"};
inline constexpr option client_cert_option{
    "--client-cert", takes::one, "FILE",
    "the caller's certificate and its chain, PEM (with --url https://...)"};
inline constexpr option client_key_option{
    "--client-key", takes::one, "FILE", "the private key of --client-cert"};
inline constexpr option key_option{
    "--key", takes::one, "FILE", "a key: PEM, DER, OpenSSH, JWK or JWK Set; `-` = standard input"};
inline constexpr option secret_option{
    "--secret-file", takes::one, "FILE", "an HMAC secret, without its last line break"};
inline constexpr option weak_option{
    "--allow-weak-hmac", takes::nothing, "", "accepts a secret shorter than its hash (offline)"};
inline constexpr option key_name_option{
    "--key-name", takes::one, "NAME", "the service's key series, or issuer (with --url)"};
inline constexpr option kid_option{"--kid", takes::one, "KID", "the service's key (with --url)"};

/// Whether a service is asked. Checks that options of one way are not used with the other: keys and
/// secrets are only for offline work. Throws stop (usage).
bool is_online(arguments const& from);

/// Sends the body to --url with the secret of --token-file, or answers it here.
/// Throws   stop: usage for an invalid URL, configuration for a service that does not answer.
answer
ask(verb what, std::string_view body, arguments const& from, terminal& with, core::instant now);

/// What proves the caller to a service, and whom it trusts.
struct credentials {
    core::secret_bytes secret;                      ///< of --token-file; empty = none
    std::shared_ptr<net::tls_context const> tls{};  ///< null for a URL without TLS
};
/// Throws   stop (usage) for files that cannot be read or used.
credentials credentials_for(service_url const& to, arguments const& from, terminal& with);

/// Prints only the token of a 200 (compact text or a JSON serialization), or the refusal.
exit_code print_token(answer const& what, terminal& with);

/// The text of the JSON object in an argument (text, @FILE or -), unchanged.
std::string read_object(std::string_view name, std::string_view argument, terminal& with);

/// Members for options of the same meaning: text, list of texts, duration in seconds.
void write_string(
    core::json::writer& to, std::string_view member, arguments const& from, std::string_view name
);
void write_list(
    core::json::writer& to, std::string_view member, arguments const& from, std::string_view name
);
void write_duration(
    core::json::writer& to, std::string_view member, arguments const& from, std::string_view name
);
/// `payload_b64` of --payload-file.
void write_payload(core::json::writer& to, arguments const& from, terminal& with);

/// A request's text, wiped when it is destroyed: it may contain keys.
struct request_text {
    std::string text;
    request_text() = default;
    request_text(request_text const&) = delete;
    ~request_text();
};

}  // namespace service::cli
