#include "service/cli/admin_url.hpp"

#include "config/load/load.hpp"
#include "config/load/where_it_listens.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <system_error>

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

/// The configuration that is read; empty = none is named, and there is certainly none.
std::string file_of(arguments const& given)
{
    if (auto const named = given.value("--config"))
        return std::string(*named);
    if (auto const* variable = std::getenv("SIGNET_CONFIG"); variable != nullptr && *variable != 0)
        return variable;
    auto const usual = config::sources{}.default_file;
    std::error_code error;
    auto const type = std::filesystem::symlink_status(usual, error).type();
    return type == std::filesystem::file_type::not_found ? "" : usual;
}

/// What the file says; nullopt when our user cannot read it, which is printed.
std::optional<config::settings> listeners_of(std::string const& file, terminal& with)
{
    auto read = config::where_it_listens(file);
    auto const* unknown = std::get_if<config::unknown_listeners>(&read);
    if (unknown == nullptr)
        return std::get<config::settings>(std::move(read));
    if (!unknown->is_unread)
        throw stop{exit_code::configuration, unknown->text + "; or use --url"};
    with.err << "warning: " << unknown->text << "; " << default_url << " is asked\n";
    return std::nullopt;
}

service_url configured_url(config::settings const& all, bool may_probe)
{
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
    auto const file = text ? std::string() : file_of(given);
    auto const all = file.empty() ? std::nullopt : listeners_of(file, with);
    auto url = all ? std::optional(configured_url(*all, may_probe))
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
