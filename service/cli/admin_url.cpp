#include "service/cli/admin_url.hpp"

#include "service/cli/config_options.hpp"

#include <algorithm>
#include <cstdlib>

namespace service::cli {
namespace {

constexpr std::string_view default_url = "http://127.0.0.1:9090";

/// The address to connect to for a listening address. IPv4 reaches `[::]` also on a machine without
/// IPv6.
service_url url_of(config::address const& listening, config::settings const& all)
{
    service_url url;
    url.unix_path = listening.unix_path;
    url.port = listening.port;
    url.host = listening.host == "0.0.0.0"              ? "127.0.0.1"
        : listening.host != "::"                        ? listening.host
        : config::accepts_both_families(all, listening) ? "127.0.0.1"
                                                        : "::1";
    return url;
}

service_url configured_url(arguments const& given, terminal& with, bool may_probe)
{
    auto const all = load_settings(given, with).settings;
    auto const& admin = all.admin;
    auto const& listening = may_probe && !admin.probes.empty() ? admin.probes : admin.listen;
    auto const plain =
        std::ranges::find_if(listening, [](config::listener const& one) { return !one.tls; });
    if (plain == listening.end() && !listening.empty())
        throw stop{exit_code::usage, "the configured admin listener speaks TLS: use --url"};
    if (plain == listening.end() || (!plain->address.is_unix() && plain->address.port == 0))
        throw stop{exit_code::usage, "the configuration has no fixed admin port: use --url"};
    return url_of(plain->address, all);
}

}  // namespace

service_url admin_url(
    arguments const& given, terminal& with, std::string_view path, bool may_probe, bool may_be_tls
)
{
    auto const text = given.value("--url");
    bool const is_configured = given.has("--config") || std::getenv("SIGNET_CONFIG") != nullptr;
    auto url = !text && is_configured ? std::optional(configured_url(given, with, may_probe))
                                      : parse_service_url(text.value_or(default_url));
    if (!url || (url->is_https && !may_be_tls))
        throw stop{
            exit_code::usage,
            std::string("--url must be ") + (may_be_tls ? "https://HOST, " : "")
                + "http://HOST:PORT/PATH or unix:/PATH"};
    if (url->path.empty())
        url->path = path;
    return *url;
}

}  // namespace service::cli
