#include "service/cli/token_call.hpp"

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/base/base64url.hpp"
#include "core/base/secret.hpp"
#include "service/cli/client.hpp"
#include "service/cli/files.hpp"
#include "service/cli/keys.hpp"
#include "service/net/tls_context.hpp"

#include <algorithm>
#include <ostream>

namespace service::cli {
namespace {

// Keys must not leave the machine by mistake: a service uses only its own.
constexpr std::array offline_only{"--key", "--jwks",     "--secret-file", "--allow-weak-hmac",
                                  "--now", "--allow-zip"};
constexpr std::array online_only{"--profile", "--token-file",  "--key-name",  "--kid",
                                 "--ca-file", "--client-cert", "--client-key"};
constexpr std::array https_only{"--ca-file", "--client-cert", "--client-key"};

void refuse_all(std::span<char const* const> names, arguments const& from, std::string_view why)
{
    for (auto const* name : names) {
        if (from.has(name))
            throw stop{exit_code::usage, std::string(name) + " " + std::string(why)};
    }
}

/// RFC 6750 section 2.1: b64token; nothing that could end the header's line.
bool is_bearer(std::string_view secret)
{
    return !secret.empty()
        && std::ranges::all_of(secret, [](char one) { return one > ' ' && one < '\x7f'; });
}

/// Whom the call trusts, and who it is. Null for a URL without TLS.
/// Throws   stop (usage) for files that cannot be read or used.
std::shared_ptr<net::tls_context const>
tls_of(service_url const& to, arguments const& from, terminal& with)
{
    if (!to.is_https) {
        refuse_all(https_only, from, "needs an https --url");
        return nullptr;
    }
    auto const text = [&](option const& of) {
        auto const file = from.value(of.name);
        return file ? read_file(*file, with, text_bytes_max) : core::secret_bytes();
    };
    auto const roots = text(ca_option), certificate = text(client_cert_option),
               key = text(client_key_option);
    auto made = net::tls_context::make(
        {core::as_text(roots.view()), core::as_text(certificate.view()), key.view()}
    );
    if (!made)
        throw stop{exit_code::usage, "the TLS files cannot be used: " + made.error().detail};
    return *made;
}

/// Without a configuration, naming an algorithm that is off by default turns it on.
offline_permissions permissions_of(arguments const& from)
{
    offline_permissions opened;
    opened.weak_hmac = from.has(weak_option.name);
    opened.zip = from.has("--allow-zip") || from.has("--zip");
    for (auto const name : from.values("--alg")) {
        auto const* row = core::find_key_management(name);
        if (row != nullptr && row->is_off)
            opened.algorithms.emplace_back(name);
    }
    return opened;
}

}  // namespace

bool is_online(arguments const& from)
{
    bool const online = from.has(url_option.name);
    if (online)
        refuse_all(offline_only, from, "cannot be used with --url");
    else
        refuse_all(online_only, from, "requires --url");
    return online;
}

credentials credentials_for(service_url const& to, arguments const& from, terminal& with)
{
    credentials made;
    if (auto const file = from.value(token_file_option.name)) {
        made.secret = read_secret(*file, with);
        if (!is_bearer(core::as_text(made.secret.view())))
            throw stop{exit_code::usage, "--token-file does not contain a bearer secret or JWT"};
    }
    made.tls = tls_of(to, from, with);
    return made;
}

answer
ask(verb what, std::string_view body, arguments const& from, terminal& with, core::instant now)
{
    auto const text = from.value(url_option.name);
    if (!text)
        return answer_offline(what, body, permissions_of(from), now);
    auto const url = parse_service_url(*text);
    if (!url)
        throw stop{exit_code::usage, "--url must be https://HOST, http://HOST:PORT or unix:/PATH"};
    auto const proof = credentials_for(*url, from, with);
    call const request{
        .method = "POST",
        .path = path_of(what),
        .body = body,
        .bearer = core::as_text(proof.secret.view()),
        .tls = proof.tls,
    };
    auto outcome = exchange(*url, request);
    if (auto const* problem = std::get_if<std::string>(&outcome))
        throw stop{exit_code::configuration, *problem};
    return std::get<answer>(std::move(outcome));
}

exit_code print_token(answer const& what, terminal& with)
{
    auto const body = core::json::document::parse(what.body);
    auto const token = body && body->root().is_object() ? body->root().find("token") : std::nullopt;
    if (what.status != 200 || !token)
        return print_refusal(what, with);
    with.out << (token->is_string() ? token->string() : token->text()) << '\n';
    return exit_code::ok;
}

std::string read_object(std::string_view name, std::string_view argument, terminal& with)
{
    auto const read = core::json::document::parse(read_text(argument, with));
    if (!read || !read->root().is_object())
        throw stop{
            exit_code::usage,
            std::string(name) + " must be a JSON object without duplicate members, @FILE or -"};
    return std::string(read->root().text());
}

void write_string(
    core::json::writer& to, std::string_view member, arguments const& from, std::string_view name
)
{
    if (auto const text = from.value(name))
        to.member(member, *text);
}

void write_list(
    core::json::writer& to, std::string_view member, arguments const& from, std::string_view name
)
{
    auto const texts = from.values(name);
    if (texts.empty())
        return;
    to.name(member).begin_array();
    for (auto const text : texts)
        to.string(text);
    to.end_array();
}

void write_duration(
    core::json::writer& to, std::string_view member, arguments const& from, std::string_view name
)
{
    if (auto const time = from.duration(name))
        to.member(member, std::int64_t{time->count()});
}

void write_payload(core::json::writer& to, arguments const& from, terminal& with)
{
    auto const path = from.value("--payload-file");
    if (!path)
        return;
    auto const octets = read_file(*path, with, payload_bytes_max);
    to.member("payload_b64", core::base64url_encode(octets.view()));
}

request_text::~request_text()
{
    core::wipe(text.data(), text.size());
}

}  // namespace service::cli
