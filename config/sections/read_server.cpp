#include "config/sections/listeners.hpp"
#include "config/sections/sections.hpp"
#include "config/tree/suggest.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

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
    server.listen = read_listeners(in, section, "listen", rows::listener);
    if (!section.has("listen")) {
        server.listen.push_back(usual_listener());
    } else if (section.find("listen")->is_list() && section.find("listen")->children.empty()) {
        section.error("listen", "must name an address");
    }
    section.read_all(server);
    server.trusted_proxies = read_ranges(section, "trusted_proxies");
    if (section.has("startup_wait") && server.startup_policy == startup_policy::serve_degraded)
        section.error("startup_wait", "needs startup_policy wait");
    if (!server.sandbox)
        section.warn(
            "sandbox",
            "is off: whoever takes over the process can start programs, and read every file that "
            "its user can read"
        );
    if (!server.jwks_cache_dir.empty())
        server.jwks_cache_dir = in.secrets.resolved(server.jwks_cache_dir);
}

void read_admin(reading const& in)
{
    auto& admin = in.into.settings.admin;
    map_reader const section(in.root.find("admin"), "admin", rows::admin, in.notes);
    admin.listen = read_listeners(in, section, "listen", rows::admin_listener);
    section.refuse_empty("probes");
    admin.probes = read_listeners(in, section, "probes", rows::probes_listener);
    if (!section.has("listen"))
        admin.listen.push_back(usual_admin_listener());
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

void read_reload(reading const& in)
{
    auto& reload = in.into.settings.reload;
    map_reader const section(in.root.find("reload"), "reload", rows::reload, in.notes);
    section.read_all(reload);
    if (section.has("poll") && !reload.watch)
        section.error("poll", "needs `watch: true`");
}

void read_log(reading const& in)
{
    auto& log = in.into.settings.log;
    map_reader const section(in.root.find("log"), "log", rows::log, in.notes);
    section.read_all(log);
}

}  // namespace config
