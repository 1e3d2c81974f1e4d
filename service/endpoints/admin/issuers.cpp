#include "core/base/rfc3339.hpp"
#include "core/json/json.hpp"
#include "service/http/route.hpp"
#include "service/issuers/registry.hpp"
#include "service/operations/skipped_keys.hpp"
#include "service/runtime/clock.hpp"

namespace service {

namespace {

std::string_view source_of(config::issuer_settings const& issuer)
{
    if (issuer.fetch)
        return issuer.fetch->jwks_uri.empty() ? "discovery" : "jwks_uri";
    if (issuer.file.empty())
        return "jwks";
    return issuer.is_pem ? "pem_file" : "jwks_file";
}

std::string_view state_of(issuer_view::one const& now)
{
    if (!now.keys)
        return "unavailable";
    return now.is_stale ? "stale" : "fresh";
}

void append_moment(
    core::json::writer& out, std::string_view name, std::optional<core::instant> moment
)
{
    if (moment)
        out.member(name, core::rfc3339(*moment));
}

void append_keys(core::json::writer& out, core::jwk_set const* set)
{
    out.name("keys").begin_array();
    if (set != nullptr) {
        for (auto const& key : set->keys) {
            out.begin_object().member("kid", key.kid);
            out.member("kty", core::kty_of(key.material->family()));
            if (!key.alg.empty())
                out.member("alg", key.alg);
            if (key.use != core::key_use::any)
                out.member("use", key.use == core::key_use::sig ? "sig" : "enc");
            out.end_object();
        }
    }
    out.end_array();
}

/// The keys of the last set that are not used, each with its reason.
void append_all_left_out(core::json::writer& out, std::vector<core::left_out_key> const& list)
{
    out.member("keys_left_out", static_cast<std::int64_t>(list.size()));
    out.name("left_out").begin_array();
    for (auto const& one : list)
        append_left_out(out, one);
    out.end_array();
}

void append_issuer(
    core::json::writer& out, config::issuer_settings const& issuer, issuer_view::one const& now,
    issuer_state const& state
)
{
    out.begin_object().member("name", issuer.name).member("issuer", issuer.issuer);
    out.member("source", source_of(issuer)).member("state", state_of(now));
    if (!state.url.empty())
        out.member("url", state.url);
    if (state.confirmed_at) {
        auto const age = uptime_now() - *state.confirmed_at;
        out.member("age_s", std::chrono::floor<std::chrono::seconds>(age).count());
    }
    append_moment(out, "last_success", state.last_success);
    append_moment(out, "fresh_until", state.fresh_until);
    append_moment(out, "usable_until", state.usable_until);
    append_moment(out, "next_fetch", state.next_fetch);
    if (!state.outcome.empty())
        out.member("last_outcome", state.outcome);
    out.member("failures", static_cast<std::int64_t>(state.failures));
    if (!state.problem.empty())
        out.member("problem", state.problem);
    append_keys(out, now.keys.get());
    append_all_left_out(out, state.left_out);
    out.end_object();
}

}  // namespace

/// The keys of every other issuer, where they come from and what happens next. No secrets: headers
/// and client keys of a fetch are not included.
asio::awaitable<http::reply> handle_issuers(http::request const&, worker& here)
{
    auto const now = here.shared.issuers.directory().now();
    auto const& all = now.view->settings->issuers;
    std::string text;
    core::json::writer out(text);
    out.begin_object().name("issuers").begin_array();
    for (std::size_t i = 0; i < all.size(); ++i)
        append_issuer(out, all[i], now.view->issuers[i], now.states[i]);
    out.end_array().end_object();
    co_return http::json_reply(std::move(text));
}

}  // namespace service
