#include "core/base/rfc3339.hpp"
#include "core/json/json.hpp"
#include "service/http/route.hpp"
#include "service/issuers/registry.hpp"

namespace service {

namespace {

/// Whether every series that a sign profile names has a key that is active now.
bool can_sign(config::settings const& from, core::ring_view const& view)
{
    for (auto const& [name, profile] : from.sign_profiles) {
        auto const* const series = view.find(profile.key);
        if (series == nullptr || series->active == nullptr)
            return false;
    }
    return true;
}

/// Only who asks for details learns names: they are those of the configuration.
///
/// what  that the names are of.
core::failure unready(
    std::string_view why, std::string_view what, std::vector<std::string> const& names, bool verbose
)
{
    std::string text(why);
    if (!verbose)
        return core::failure::of(core::errc::keys_unavailable, text);
    text.append(" ").append(what);
    for (auto const& name : names)
        text += (&name == &names.front() ? ": " : ", ") + name;
    return core::failure::of(core::errc::keys_unavailable, text + ".");
}

/// What is in force, and how the last attempt to change it ended. Why it was refused is in the log
/// and in the answer of POST /reload: it names files.
void append_configuration(core::json::writer& out, reload_status::facts const& now)
{
    out.name("configuration").begin_object();
    out.member("generation", static_cast<std::int64_t>(now.generation));
    out.member("in_force_since", core::rfc3339(now.in_force_since));
    if (now.last_attempt) {
        out.member("last_reload", now.problems == 0 ? "ok" : "refused");
        out.member("last_reload_at", core::rfc3339(*now.last_attempt));
        out.member("problems", static_cast<std::int64_t>(now.problems));
    }
    if (!now.needs_restart.empty()) {
        out.name("needs_restart").begin_array();
        for (auto const& setting : now.needs_restart)
            out.string(setting);
        out.end_array();
    }
    out.end_object();
}

/// Why something is not well is in the log: it names files.
///
/// at  by the time of keys.
void append_rotation(core::json::writer& out, rotation_status::facts const& now, core::instant at)
{
    if (!now.rotated.empty()) {
        out.name("rotation").begin_array();
        for (auto const& [series, one] : now.rotated) {
            out.begin_object().member("series", series);
            out.member("generation", static_cast<std::int64_t>(one.generation));
            bool const is_behind =
                rotation_status::is_behind(one, at, rotation_status::behind_usual);
            out.member("ok", one.problem.empty() && !is_behind).end_object();
        }
        out.end_array();
    }
    if (now.has_state_dir) {
        out.name("revocations").begin_object();
        out.member("keys", static_cast<std::int64_t>(now.revoked));
        out.member("ok", now.state_problem.empty()).end_object();
    }
    if (now.clock_distance != std::chrono::milliseconds{0})
        out.member("key_clock_held", true);
}

std::string ready_text(snapshot const& seen, shared_state& shared, bool verbose)
{
    auto const& view = *seen.ring;
    auto const& settings = seen.settings;
    auto const rotation = shared.rotation.now();
    bool const lacks_keys = shared.issuers.is_degraded();
    bool const is_degraded = lacks_keys || !rotation_status::is_well(rotation);
    std::string text;
    core::json::writer out(text);
    out.begin_object();
    out.member("status", is_degraded ? "degraded" : "ready");
    out.member("mode", settings.dev ? "development" : "production");
    if (settings.development.is_open)
        out.member("warning", "Anybody who reaches the port can sign.");
    if (verbose) {
        out.name("checks").begin_object();
        out.member("draining", false);
        out.member("keys", static_cast<std::int64_t>(settings.keys.size()));
        out.member("series", static_cast<std::int64_t>(view.all.size()));
        out.member("issuers", static_cast<std::int64_t>(settings.issuers.size()));
        out.member("issuers_have_fresh_keys", !lacks_keys);
        if (lacks_keys) {
            out.name("issuers_without_fresh_keys").begin_array();
            for (auto const& name : shared.issuers.without_fresh_keys())
                out.string(name);
            out.end_array();
        }
        out.member("sign_profiles_have_keys", can_sign(settings, view));
        append_rotation(out, rotation, shared.key_time(shared.now()));
        append_configuration(out, shared.reloads.now());
        out.end_object();
    }
    out.end_object();
    return text;
}

}  // namespace

asio::awaitable<http::reply> handle_livez(http::request const&, worker&)
{
    co_return http::json_reply(R"({"status":"live"})");
}

/// Our own keys were read before anything listened. So the service is not ready only while it
/// drains, when keys of others have never been there yet, or when the keys of a rotated series are
/// older than those of the other replicas. A later outage, and a folder that cannot be read, make it
/// degraded, not unready: the keys that it has are good.
asio::awaitable<http::reply> handle_readyz(http::request const& request, worker& here)
{
    if (here.shared.is_draining())
        co_return http::problem(core::errc::shutting_down, request);
    bool const verbose = !request.query().empty();
    if (auto const why = here.shared.issuers.not_ready())
        co_return http::problem(
            unready(
                why->why, why->issuers.size() == 1 ? "Issuer" : "Issuers", why->issuers, verbose
            ),
            request
        );
    auto const at = here.shared.key_time(here.shared.now());
    auto const behind = rotation_status::behind(here.shared.rotation.now(), at);
    if (!behind.empty()) {
        auto const why = unready(
            "Newer keys of ours than these have been written, and could not be put in force.",
            "Series", behind, verbose
        );
        co_return http::problem(why, request);
    }
    co_return http::json_reply(ready_text(*request.seen(), here.shared, verbose));
}

asio::awaitable<http::reply> handle_healthz(http::request const& request, worker& here)
{
    return handle_readyz(request, here);
}

}  // namespace service
