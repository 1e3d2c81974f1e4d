#include "config/sections/sections.hpp"
#include "config/tree/scalars.hpp"
#include "config/tree/suggest.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

constexpr std::size_t unix_path_max = 107;  // sun_path less its final zero
constexpr std::array<std::string_view, 2> later_endpoints{"introspect", "tokenreview"};

endpoints default_endpoints(address const& at)
{
    return at.is_unix() ? endpoints::all() : endpoints::usual_on_tcp();
}

std::vector<std::string_view> endpoint_words()
{
    std::vector<std::string_view> words{"all"};
    for (auto const& row : endpoint_rows)
        words.push_back(row.name);
    return words;
}

std::optional<address> to_address(reading const& in, std::string const& path, node const& value)
{
    auto parsed = value.is_text() ? parse_address(value.text) : std::nullopt;
    if (!parsed) {
        in.notes.error(
            path, "must be an address such as 127.0.0.1:8080, [::1]:8080 or unix:/run/signet.sock"
        );
        return std::nullopt;
    }
    if (parsed->is_unix())
        parsed->unix_path = in.secrets.resolved(parsed->unix_path);
    if (parsed->unix_path.size() > unix_path_max) {
        in.notes.error(path, "the path of a Unix socket can have at most 107 bytes");
        return std::nullopt;
    }
    return parsed;
}

void read_endpoints(map_reader const& item, endpoints& into)
{
    std::vector<std::string> names;
    if (!item.read("endpoints", names))
        return;
    endpoints open;
    for (auto const& name : names) {
        if (name == "all")
            open = endpoints::all();
        else if (auto const one = endpoint_named(name))
            open.add(*one);
        else if (std::ranges::find(later_endpoints, name) != later_endpoints.end())
            item.error("endpoints", "`" + name + "` is not supported by this version");
        else
            item.error(
                "endpoints",
                "`" + name + "` is not an endpoint" + did_you_mean(name, endpoint_words())
            );
    }
    into = open;
}

std::optional<listener> to_listener(reading const& in, std::string const& path, node const& value)
{
    if (!value.is_map()) {
        auto const at = to_address(in, path, value);
        return at ? std::optional(listener{*at, default_endpoints(*at)}) : std::nullopt;
    }
    map_reader const item(&value, path, rows::listener, in.notes);
    auto const* where = item.find("address");
    if (!where)
        item.error("", "needs an `address`");
    auto const at =
        where ? to_address(in, item.path_of("address"), *where) : std::optional<address>{};
    listener open{at.value_or(address{}), default_endpoints(at.value_or(address{}))};
    read_endpoints(item, open.endpoints);
    return at ? std::optional(open) : std::nullopt;
}

/// The items of a list, or the one value that is not in a list.
std::vector<std::pair<node const*, std::string>>
one_or_more(reading const& in, map_reader const& section, std::string_view name)
{
    auto const* value = section.find(name);
    if (value && !value->is_list())
        return {{value, section.path_of(name)}};
    return items_of(value, section.path_of(name), in.notes);
}

void read_addresses(
    reading const& in, map_reader const& section, std::string_view name, std::vector<address>& into
)
{
    for (auto const& [value, path] : one_or_more(in, section, name)) {
        if (auto const at = to_address(in, path, *value))
            into.push_back(*at);
    }
}

/// The largest body, with the memory for reading it, should fit into the half of the budget that
/// strangers share. If the limit of a body is raised and the budget is not set, the budget grows
/// too.
void read_bodies_bytes(map_reader const& section, limit_settings& limits)
{
    auto const least = std::uint64_t{4}
        * std::max({limits.body_bytes, limits.batch_body_bytes, limits.encryption_body_bytes});
    limits.bodies_bytes =
        static_cast<std::uint32_t>(std::max<std::uint64_t>(limits.bodies_bytes, least));
    if (section.read("bodies_bytes", limits.bodies_bytes) && limits.bodies_bytes < least)
        section.warn(
            "bodies_bytes",
            "is less than four times the largest body that limits admit, so that "
            "such a body may be refused although nothing else is in flight"
        );
}

}  // namespace

void read_server(reading const& in)
{
    auto& server = in.into.settings.server;
    map_reader const section(in.root.find("server"), "server", rows::server, in.notes);
    for (auto const& [value, path] : one_or_more(in, section, "listen")) {
        if (auto const open = to_listener(in, path, *value))
            server.listen.push_back(*open);
    }
    if (!section.has("listen")) {
        address const usual{.host = "127.0.0.1", .port = 8080, .unix_path = {}};
        server.listen.push_back({usual, default_endpoints(usual)});
    } else if (section.find("listen")->is_list() && section.find("listen")->children.empty()) {
        section.error("listen", "must name an address");
    }
    section.read_all(server);
    if (section.has("startup_wait") && server.startup_policy == startup_policy::serve_degraded)
        section.error("startup_wait", "needs startup_policy wait");
    if (!server.jwks_cache_dir.empty())
        server.jwks_cache_dir = in.secrets.resolved(server.jwks_cache_dir);
}

void read_admin(reading const& in)
{
    auto& admin = in.into.settings.admin;
    map_reader const section(in.root.find("admin"), "admin", rows::admin, in.notes);
    read_addresses(in, section, "listen", admin.listen);
    section.refuse_empty("probes");
    read_addresses(in, section, "probes", admin.probes);
    if (!section.has("listen"))
        admin.listen.push_back({.host = "127.0.0.1", .port = 9090, .unix_path = {}});
}

void read_limits(reading const& in)
{
    auto& limits = in.into.settings.limits;
    map_reader const section(in.root.find("limits"), "limits", rows::limits, in.notes);
    section.read_all(limits);
    // A gateway is one address, so the default share of one address is large.
    limits.connections_per_address = limits.connections - limits.connections / 2;
    section.read("connections_per_address", limits.connections_per_address);
    if (limits.connections_per_address > limits.connections)
        section.error("connections_per_address", "must not be above `connections`");
    read_bodies_bytes(section, limits);
}

void read_crypto(reading const& in)
{
    auto& crypto = in.into.settings.crypto;
    map_reader const section(in.root.find("crypto"), "crypto", rows::crypto, in.notes);
    section.read_all(crypto);
    for (auto const& name : crypto.providers) {
        if (core::find_crypto_provider(name))
            continue;
        std::vector<std::string_view> const known(
            core::crypto_provider_names.begin(), core::crypto_provider_names.end()
        );
        section.error("providers", "`" + name + "` is not a provider" + did_you_mean(name, known));
    }
}

void read_log(reading const& in)
{
    auto& log = in.into.settings.log;
    map_reader const section(in.root.find("log"), "log", rows::log, in.notes);
    section.read_all(log);
}

}  // namespace config
