#include "config/checks/checks.hpp"

namespace config {
namespace {

/// What keeps /auth from using its profile; empty = nothing, or it was reported where it is.
std::string problem_of_auth(draft const& read)
{
    auto const& all = read.settings;
    auto const& name = all.server.default_auth_profile;
    auto const named = "verify profile `" + name + "`";
    if (!read.named.verify_profiles.contains(name))
        return "there is no " + named;
    auto const found = all.verify_profiles.find(name);
    if (found == all.verify_profiles.end())
        return "";
    if (found->second.mode == token_kind::jws)
        return named + " has mode jws, and /auth takes only JWTs";
    if (found->second.is_for_callers)
        return named + " is only for tokens of callers";
    auto const dialect = all.server.default_auth_dialect;
    if (!found->second.dialects_.contains(dialect))
        return named + " does not name `" + std::string(to_string(dialect))
            + "`, the dialect of /auth (server.default_auth_dialect), in its `dialects`";
    return "";
}

/// Without a profile of its own /auth may still be needed for those that a path names.
void check_auth(draft const& read, report& notes)
{
    auto const& all = read.settings;
    auto problem = problem_of_auth(read);
    server_settings const usual;
    bool const is_usual = all.server.default_auth_profile == usual.default_auth_profile
        && all.server.default_auth_dialect == usual.default_auth_dialect;
    bool const opens_auth = opens_on_tcp(all, endpoint::auth) || opens_on_unix(all, endpoint::auth);
    if (problem.empty())
        return;
    if (!is_usual)
        notes.error("server.default_auth_profile", std::move(problem));
    else if (opens_auth)
        notes.warn("server.default_auth_profile", problem + ", so /auth refuses every request");
}

}  // namespace

void check_gateways(draft const& read, report& notes)
{
    auto const& all = read.settings;
    check_auth(read, notes);
    for (auto const& [name, profile] : all.verify_profiles) {
        if (profile.dialects_ == dialects{dialect::plain}
            && name != all.server.default_auth_profile)
            notes.error(
                "verify_profiles." + name + ".dialects",
                "`plain` is only for the profile of /auth itself, which is `"
                    + all.server.default_auth_profile + "` (server.default_auth_profile)"
            );
    }
    if (!all.server.trusted_proxies.empty() && !opens_on_tcp(all, endpoint::auth))
        notes.error("server.trusted_proxies", "no TCP listener opens auth");
}

}  // namespace config
