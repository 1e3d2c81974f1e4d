#include "service/issuers/origin_credentials.hpp"

#include "config/sections/fetch_headers.hpp"
#include "config/sections/trusted_file.hpp"
#include "core/keys/key_formats.hpp"
#include "service/runtime/startup_error.hpp"

#include <algorithm>

namespace service {
namespace {

/// The origin that the configuration names: of the keys, or of the issuer's metadata.
core::http_url configured_origin(config::issuer_settings const& issuer)
{
    auto const& uri = issuer.fetch->jwks_uri;
    return core::parse_http_url(uri.empty() ? issuer.issuer : uri).value_or(core::http_url{});
}

core::credential_places places_of(config::issuer_settings const& issuer)
{
    auto const proxy = core::parse_http_url(issuer.fetch->proxy_url);
    return {
        configured_origin(issuer), issuer.fetch->credentials_to,
        proxy && !core::is_loopback_host(proxy->host)};
}

bool reads_files(config::fetch_settings const& from)
{
    return !from.client_cert.empty()
        || std::ranges::any_of(from.headers, [](auto const& one) { return !one.file.empty(); });
}

/// What the operator sees in /issuers and in the log: no path, and nothing of the content.
std::string sentence(std::string const& setting, std::string const& problem)
{
    return "The file of " + setting + " cannot be used: it " + problem + ".";
}

std::string setting_of(config::fetch_header const& header)
{
    return header.before.empty() ? "headers." + header.name : "bearer_file";
}

}  // namespace

origin_credentials::origin_credentials(
    config::issuer_settings const& issuer, std::shared_ptr<net::tls_context const> system_roots
)
    : from_(*issuer.fetch), places_(places_of(issuer)), has_files_(reads_files(from_)),
      anonymous_(std::move(system_roots))
{
    if (!from_.ca_file.empty()) {
        auto made = net::tls_context::make({.roots = from_.ca_file});
        if (!made)
            throw startup_error{
                "issuer " + issuer.name + ": " + made.error().member + ": " + made.error().detail};
        anonymous_ = std::move(*made);
    }
    if (from_.client_cert.empty())
        return;
    if (auto const problem = renew_identity(); !problem.empty())
        throw startup_error{"issuer " + issuer.name + ": " + problem};
}

origin_credentials::set origin_credentials::for_fetch(std::string const& url)
{
    set made;
    made.tls = anonymous_;
    auto const to = core::parse_http_url(url);
    bool const may_know_us = to && core::may_have_credentials(*to, places_);
    made.are_withheld = !may_know_us && from_.has_credentials();
    for (auto const& header : from_.headers) {
        if (header.is_credential && !may_know_us)
            continue;
        if (header.file.empty()) {
            made.headers.emplace_back(header.name, header.value);
            continue;
        }
        auto value = config::read_header_value(header);
        if (!value.value) {
            made.problem = sentence(setting_of(header), value.problem);
            return made;
        }
        made.headers.emplace_back(header.name, std::move(*value.value));
    }
    if (!may_know_us || from_.client_cert.empty())
        return made;
    made.problem = renew_identity();
    made.tls = identified_;
    return made;
}

/// Returns  why the client certificate cannot be used; empty = it can.
std::string origin_credentials::renew_identity()
{
    auto const certificate =
        config::read_trusted_file(from_.client_cert, config::certificate_file_max);
    if (!certificate.value)
        return sentence("client_cert", certificate.problem);
    auto key = config::read_trusted_file(from_.client_key, core::key_text_max);
    if (!key.value)
        return sentence("client_key", key.problem);
    if (key.value->access == config::file_access::open)
        return sentence("client_key", key.value->exposure);
    std::string text(core::as_text(certificate.value->octets.view()));
    bool const is_same = identified_ && text == certificate_
        && core::equal_in_constant_time(key.value->octets.view(), key_.view());
    return is_same ? std::string() : use(std::move(text), std::move(key.value->octets));
}

std::string origin_credentials::use(std::string certificate, core::secret_bytes key)
{
    net::tls_material material;
    material.roots = from_.ca_file;
    material.certificate = certificate;
    material.key = key.view();
    auto made = net::tls_context::make(material);
    if (!made) {
        auto const& member = made.error().member;
        auto const setting = member == "certificate_file" ? "client_cert"
            : member == "key_file"                        ? "client_key"
                                                          : member;
        return setting + ": " + made.error().detail;
    }
    identified_ = std::move(*made);
    certificate_ = std::move(certificate);
    key_ = std::move(key);
    return {};
}

}  // namespace service
