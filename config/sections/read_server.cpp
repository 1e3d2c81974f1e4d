#include "config/sections/sections.hpp"
#include "config/tree/scalars.hpp"
#include "config/tree/suggest.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t unix_path_max = 107;  // sun_path less its final zero
constexpr std::array<std::string_view, 9> endpoint_words{
    "sign", "verify", "inspect", "auth", "jwks", "discovery", "encrypt", "decrypt", "all"};
constexpr std::array<std::string_view, 2> later_endpoints{"introspect", "tokenreview"};

endpoints default_endpoints(address const& at)
{
    if (at.is_unix())
        return endpoints::all();
    endpoints open;
    for (auto const one :
         {endpoint::verify, endpoint::inspect, endpoint::auth, endpoint::jwks, endpoint::discovery})
        open.add(one);
    return open;
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
        in.notes.error(path, "the path of a Unix socket has at most 107 octets");
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
                "endpoints", "`" + name + "` is no endpoint" + did_you_mean(name, endpoint_words)
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
    map_reader const item(&value, path, members::listener, in.notes);
    auto const* where = item.find("address");
    if (!where)
        item.error("", "needs an `address`");
    auto const at =
        where ? to_address(in, item.path_of("address"), *where) : std::optional<address>{};
    listener open{at.value_or(address{}), default_endpoints(at.value_or(address{}))};
    read_endpoints(item, open.endpoints);
    return at ? std::optional(open) : std::nullopt;
}

/// The items of a list, or one value alone.
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

/// Every body that its own limit admits should fit into the strangers' half of the budget, with
/// what reading it takes. Whoever raises a body's limit and says nothing about the budget gets one
/// that has room for it.
void read_bodies_bytes(map_reader const& section, limit_settings& limits)
{
    constexpr std::uint64_t MiB = 1024U * 1024U;
    auto const least = std::uint64_t{4}
        * std::max({limits.body_bytes, limits.batch_body_bytes, limits.encryption_body_bytes});
    limits.bodies_bytes =
        static_cast<std::uint32_t>(std::max<std::uint64_t>(limits.bodies_bytes, least));
    if (section.read_size("bodies_bytes", limits.bodies_bytes, {64 * 1024, 2048 * MiB})
        && limits.bodies_bytes < least)
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
    map_reader const section(in.root.find("server"), "server", members::server, in.notes);
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
    section.read("threads", server.threads, whole_range{0, 1024});
    section.read("hosts", server.hosts);
    section.read("default_auth_profile", server.default_auth_profile);
    constexpr std::array<std::string_view, 2> policies{"wait", "serve_degraded"};
    if (auto const policy = section.read_word("startup_policy", policies))
        server.startup_policy = static_cast<startup_policy>(*policy);
    section.read("startup_wait", server.startup_wait, {0s, 10min});
    if (section.has("startup_wait") && server.startup_policy == startup_policy::serve_degraded)
        section.error("startup_wait", "goes with startup_policy wait");
    if (section.read("jwks_cache_dir", server.jwks_cache_dir))
        server.jwks_cache_dir = in.secrets.resolved(server.jwks_cache_dir);
    section.read("drain_delay", server.drain_delay, {0s, 5min});
    section.read("drain_limit", server.drain_limit, {0s, 1h});
}

void read_admin(reading const& in)
{
    auto& admin = in.into.settings.admin;
    map_reader const section(in.root.find("admin"), "admin", members::admin, in.notes);
    read_addresses(in, section, "listen", admin.listen);
    section.refuse_empty("probes");
    read_addresses(in, section, "probes", admin.probes);
    if (!section.has("listen"))
        admin.listen.push_back({.host = "127.0.0.1", .port = 9090, .unix_path = {}});
}

void read_limits(reading const& in)
{
    auto& limits = in.into.settings.limits;
    map_reader const section(in.root.find("limits"), "limits", members::limits, in.notes);
    constexpr std::uint64_t KiB = 1024, MiB = 1024 * KiB;
    duration_range const timeout{100ms, 1h};
    section.read_size("head_bytes", limits.head_bytes, {1 * KiB, 1 * MiB});
    section.read("head_fields", limits.head_fields, whole_range{8, 1024});
    section.read("head_timeout", limits.head_timeout, timeout);
    section.read("request_timeout", limits.request_timeout, timeout);
    section.read("idle_timeout", limits.idle_timeout, timeout);
    section.read("requests_per_connection", limits.requests_per_connection, {1, 1'000'000'000});
    section.read("connections", limits.connections, whole_range{1, 1'000'000});
    // A gateway is one address, so the usual share of one address is large.
    limits.connections_per_address = limits.connections - limits.connections / 2;
    section.read(
        "connections_per_address", limits.connections_per_address, whole_range{1, 1'000'000}
    );
    if (limits.connections_per_address > limits.connections)
        section.error("connections_per_address", "is above `connections`, so it decides nothing");
    section.read("admin_connections", limits.admin_connections, whole_range{8, 65'536});
    section.read_size("body_bytes", limits.body_bytes, {1 * KiB, 16 * MiB});
    section.read_size("batch_body_bytes", limits.batch_body_bytes, {1 * KiB, 64 * MiB});
    section.read_size("encryption_body_bytes", limits.encryption_body_bytes, {1 * KiB, 16 * MiB});
    section.read("batch_items", limits.batch_items, whole_range{1, 4096});
    section.read("batch_dear_items", limits.batch_dear_items, whole_range{1, 4096});
    section.read_size("token_bytes", limits.token_bytes, {256, 1 * MiB});
    section.read_size("jwe_bytes", limits.jwe_bytes, {256, core::jwe_bytes_max});
    section.read("json_depth", limits.json_depth, whole_range{4, 128});
    section.read_size("jwks_bytes", limits.jwks_bytes, {1 * KiB, 16 * MiB});
    section.read("jwks_keys", limits.jwks_keys, whole_range{1, 128});
    read_bodies_bytes(section, limits);
}

void read_log(reading const& in)
{
    auto& log = in.into.settings.log;
    map_reader const section(in.root.find("log"), "log", members::log, in.notes);
    // in the order of the enumerations
    constexpr std::array<std::string_view, 6> levels{"trace", "debug", "info",
                                                     "warn",  "error", "off"};
    constexpr std::array<std::string_view, 2> formats{"json", "text"};
    if (auto const level = section.read_word("level", levels, static_cast<std::size_t>(log.level)))
        log.level = static_cast<log_level>(*level);
    if (auto const format = section.read_word("format", formats))
        log.format = static_cast<log_format>(*format);
}

}  // namespace config
