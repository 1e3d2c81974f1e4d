#include "config/checks/checks.hpp"

#include <algorithm>

namespace config {
namespace {

/// Every address that is bound, with its place.
std::vector<std::pair<address const*, std::string>> addresses_of(settings const& all)
{
    std::vector<std::pair<address const*, std::string>> out;
    auto const add = [&](std::vector<address> const& from, std::string const& path) {
        for (auto const& one : from)
            out.emplace_back(&one, path);
    };
    for (auto const& open : all.server.listen)
        out.emplace_back(&open.address, "server.listen");
    add(all.admin.listen, "admin.listen");
    add(all.admin.probes, "admin.probes");
    return out;
}

/// Reports `headers`, which only /auth reads, in a profile that /auth does not use.
void check_auth_headers(settings const& all, report& notes)
{
    auto const& used = all.server.default_auth_profile;
    for (auto const& [name, profile] : all.verify_profiles) {
        if (!profile.headers.empty() && name != used)
            notes.error(
                "verify_profiles." + name + ".headers",
                "are only for /auth, which uses profile `" + used
                    + "` (server.default_auth_profile)"
            );
    }
}

}  // namespace

void check_listeners(draft const& read, report& notes)
{
    auto const& all = read.settings;
    check_auth_headers(all, notes);
    std::set<std::string> taken;
    for (auto const& [at, path] : addresses_of(all)) {
        bool const is_any_port = !at->is_unix() && at->port == 0;
        if (!is_any_port && !taken.insert(at->text()).second)
            notes.error(path, at->text() + " is listened on twice");
        if (all.dev && !at->is_loopback())
            notes.error(path, "development mode listens on loopback only");
    }
    bool const opens_auth = std::ranges::any_of(all.server.listen, [](listener const& open) {
        return open.endpoints.contains(endpoint::auth);
    });
    auto const& profile = all.server.default_auth_profile;
    auto const found = all.verify_profiles.find(profile);
    std::string problem;
    if (!read.named.verify_profiles.contains(profile))
        problem = "there is no verify profile `" + profile + "`";
    else if (found != all.verify_profiles.end() && found->second.mode == token_kind::jws)
        problem = "verify profile `" + profile + "` has mode jws, and /auth takes only JWTs";
    else
        return;
    if (profile != server_settings{}.default_auth_profile)
        notes.error("server.default_auth_profile", std::move(problem));
    else if (opens_auth)
        notes.warn("server.default_auth_profile", problem + ", so /auth refuses every token");
}

}  // namespace config
