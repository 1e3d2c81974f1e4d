#include "config/sections/fetch_credentials.hpp"
#include "config/sections/sections.hpp"
#include "config/tree/scalars.hpp"
#include "config/tree/suggest.hpp"
#include "core/base/http_url.hpp"
#include "core/keys/key_formats.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

/// Reads how the keys of one issuer are fetched.
class fetch_reader {
public:
    fetch_reader(reading const& in, map_reader const& item) : in_(in), item_(item) {}

    std::optional<fetch_settings> run(std::string const& issuer)
    {
        item_.read_all(into_);
        read_proxy();
        if (item_.has("jwks_uri"))
            read_uri();
        else
            read_discovery(issuer);
        read_lifetimes();
        check_timeouts();
        read_tls();
        good_ = read_credentials(in_, item_, {issuer, has_far_proxy_}, into_) && good_;
        into_.deny_cidrs = read_ranges(item_, "deny_cidrs");
        into_.allow_cidrs = read_ranges(item_, "allow_cidrs");
        return good_ ? std::optional(std::move(into_)) : std::nullopt;
    }

private:
    void error(std::string_view member, std::string text)
    {
        good_ = false;
        item_.error(member, std::move(text));
    }

    bool may_use(core::http_url const& url) const
    {
        return url.is_https || into_.allow_insecure_http
            || (core::is_loopback_host(url.host) && !has_far_proxy_);
    }

    void read_proxy()
    {
        if (!item_.has("proxy_url")) {
            if (item_.has("proxy_resolves"))
                error("proxy_resolves", "needs proxy_url");
            return;
        }
        if (into_.proxy_url.empty())
            return;
        auto const url = core::parse_http_url(into_.proxy_url);
        if (!url || url->is_https || url->target != "/")
            return error("proxy_url", "must be http://HOST:PORT");
        has_far_proxy_ = !core::is_loopback_host(url->host);
    }

    void read_uri()
    {
        if (!item_.read("jwks_uri", into_.jwks_uri)) {
            good_ = false;
            return;
        }
        auto const url = core::parse_http_url(into_.jwks_uri);
        if (!url)
            error("jwks_uri", "must be an absolute https URL");
        else if (!may_use(*url))
            error("jwks_uri", "must be https; plain http needs allow_insecure_http");
        if (item_.has("jwks_hosts"))
            error("jwks_hosts", "needs discovery; jwks_uri already names the host");
        for (auto const* name : {"ca_file", "client_cert", "client_key"}) {
            if (url && !url->is_https && item_.has(name))
                error(name, "is for TLS, and jwks_uri is plain http");
        }
    }

    /// `true` is OpenID's form.
    void read_discovery(std::string const& issuer)
    {
        auto const* value = item_.find("discovery");
        constexpr std::array<std::string_view, 3> forms{"true", "openid", "oauth"};
        auto const form = std::ranges::find(forms, value->text);
        if (!value->is_text() || form == forms.end())
            return error(
                "discovery", "must be true, openid or oauth" + did_you_mean(value->text, forms)
            );
        if (*form == "oauth")
            into_.discovery = core::metadata_form::oauth;
        auto const url = core::parse_http_url(issuer);
        if (!core::metadata_url(issuer, into_.discovery) || !url)
            error("discovery", "needs an `issuer` that is an https URL without a query");
        else if (!may_use(*url))
            error("discovery", "needs an https issuer; plain http needs allow_insecure_http");
    }

    void read_lifetimes()
    {
        auto const* stale = item_.find("stale_if_error");
        if (stale && stale->is_text() && stale->text == "unbounded")
            into_.stale_if_error.reset();
        else
            item_.read("stale_if_error", into_.stale_if_error);
        if (into_.min_ttl > into_.max_ttl)
            error("min_ttl", "must not be longer than max_ttl");
        else if (into_.cache_ttl < into_.min_ttl || into_.cache_ttl > into_.max_ttl)
            error(
                item_.has("cache_ttl")     ? "cache_ttl"
                    : item_.has("min_ttl") ? "min_ttl"
                                           : "max_ttl",
                "cache_ttl must be from min_ttl to max_ttl"
            );
    }

    void check_timeouts()
    {
        if (into_.connect_timeout > into_.total_timeout)
            error(
                item_.has("connect_timeout") ? "connect_timeout" : "total_timeout",
                "connect_timeout must not be longer than total_timeout"
            );
    }

    void read_tls()
    {
        std::string not_kept;
        into_.ca_file = certificates("ca_file", not_kept, true);
        certificates("client_cert", into_.client_cert, false);
        if (item_.has("client_cert") != item_.has("client_key"))
            error("", "client_cert and client_key must be given together");
        private_key("client_key", into_.client_key);
    }

    /// The text of a PEM file that a first certificate can be read from.
    ///
    /// name     set to that of the file, as it is opened.
    /// is_kept  whether it is part of the configuration; else each fetch reads it again.
    std::string certificates(std::string_view member, std::string& name, bool is_kept)
    {
        std::string path;
        if (!item_.read(member, path))
            return {};
        name = in_.secrets.resolved(path);
        auto const file = is_kept
            ? in_.secrets.read_file(path, certificate_file_max)
            : in_.secrets.read_file(path, certificate_file_max, file_use::followed);
        if (!file.value) {
            error(member, file.problem);
            return {};
        }
        std::string text(core::as_text(file.value->octets.view()));
        if (text.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
            error(member, "contains no PEM certificate");
        return text;
    }

    /// name     as for certificates().
    void private_key(std::string_view member, std::string& name)
    {
        std::string path;
        if (!item_.read(member, path))
            return;
        name = in_.secrets.resolved(path);
        auto const file = in_.secrets.read_file(path, core::key_text_max, file_use::followed);
        if (!file.value)
            error(member, file.problem);
        else if (file.value->access == file_access::open)
            error(member, file.value->exposure);
        else if (auto const key = core::read_key(file.value->octets.view());
                 !key || !key->material->is_private())
            error(member, "is not a private key that can be read");
    }

    reading const& in_;
    map_reader const& item_;
    fetch_settings into_;
    bool has_far_proxy_ = false;  // then loopback is no reason for plain http: it crosses a network
    bool good_ = true;
};

}  // namespace

std::optional<fetch_settings>
read_fetch(reading const& in, map_reader const& item, std::string const& issuer)
{
    return fetch_reader(in, item).run(issuer);
}

}  // namespace config
