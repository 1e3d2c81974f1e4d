#include "service/operations/verify.hpp"

#include "service/operations/nested.hpp"
#include "service/runtime/clock.hpp"
#include "service/runtime/pool_operations.hpp"

namespace service {
namespace {

using steady = std::chrono::steady_clock;

/// Parses a JWS in JSON serialization, in mode jws. What is not JSON is left to the compact reader,
/// which names the fault.
std::optional<core::json::document>
json_serialization(verify_terms const& by, std::string_view text)
{
    if (by.mode != core::token_mode::jws || !text.starts_with('{'))
        return std::nullopt;
    core::json::limits bounds;
    bounds.depth = by.json_depth;
    auto parsed = core::json::document::parse(std::string(text), bounds);
    if (!parsed || !parsed->root().is_object())
        return std::nullopt;
    return std::move(*parsed);
}

/// The token to verify: the one that was given, or the one nested in it.
struct subject {
    std::string_view text;
    core::secret_bytes opened{};  ///< the nested token; `text` is then a view of it
};

core::result<subject> subject_of(
    verify_terms const& by, std::string_view token, metrics& counters, std::string& jwe_header
)
{
    if (!by.may_be_nested || by.is_inline())
        return subject{token};
    auto inner = unwrap(*by.profile, token, by.seen->settings.limits, counters);
    if (!inner)
        return inner.error();
    if (!*inner)
        return subject{token};
    jwe_header = std::move((*inner)->jwe_header);
    subject found{{}, std::move((*inner)->token)};
    found.text = core::as_text(found.opened.view());
    return found;
}

/// What newer keys might mend; nullopt = nothing, or it is not worth waiting for them.
///
/// source   of the selected issuer: its index in settings.issuers.
std::optional<missing_key>
missing_key_of(verify_terms const& by, std::size_t source, core::verify_trace& trace)
{
    if (trace.miss == core::key_miss::none || by.has_waited)
        return std::nullopt;
    missing_key lacked;
    lacked.issuer = source;
    if (trace.miss != core::key_miss::signature) {
        lacked.kid = std::move(trace.kid);
        return lacked;
    }
    auto const& issuer = by.seen->others->issuers[source];
    if (!issuer.gate || !issuer.gate->admits(issuer.keys.get(), trace.signature, uptime_now()))
        return std::nullopt;
    lacked.tried = issuer.keys;
    lacked.signature = trace.signature;
    return lacked;
}

/// Finds the issuer, and the key that is missing.
void note_issuer(
    verdict& into, verify_terms const& by, ready_policy const& policy, core::verify_trace& trace
)
{
    if (by.is_inline() || !trace.issuer)
        return;
    into.issuer = policy.issuer_of(*trace.issuer);
    if (!into.token)
        into.missing = missing_key_of(by, by.profile->issuer_sources[*into.issuer], trace);
}

}  // namespace

verdict verify(
    verify_terms const& by, std::string_view token, core::instant now,
    core::crypto::operation_cache* kept, metrics& counters
)
{
    if (token.size() > by.longest_token())
        return {core::errc::token_too_large};
    auto const started = steady::now();
    std::string jwe_header;
    auto const what = subject_of(by, token, counters, jwe_header);
    if (!what)
        return {what.error()};
    if (what->text.size() > by.token_bytes)
        return {core::errc::token_too_large, std::move(jwe_header)};
    ready_policy const policy(by);
    core::verify_trace trace;
    auto* const keep = by.is_inline() ? nullptr : kept;
    auto const json = json_serialization(by, what->text);
    verdict made{
        json ? core::verify_json(json->root(), policy.get(), now, keep, &trace)
             : core::verify(what->text, policy.get(), now, keep, &trace),
        std::move(jwe_header)};
    made.is_json = json.has_value();
    note_issuer(made, by, policy, trace);
    made.took = steady::now() - started;
    return made;
}

asio::awaitable<verdict>
verify_on_pool(verify_terms const& by, std::string_view token, shared_state& shared)
{
    auto work = [&by, token, &shared] {
        return verify(by, token, shared.now(), &pool_operations(), shared.metrics);
    };
    co_return co_await run_on(shared.cpu, std::move(work));
}

void count(verdict const& what, verify_terms const& by, metrics& counters)
{
    unsigned profile = metrics::other, issuer = metrics::other;
    if (!by.is_inline()) {
        profile = by.profile->metric;
        if (what.issuer) {
            issuer = by.profile->issuer_metrics[*what.issuer];
            if (what.token && by.profile->issuer_is_stale[*what.issuer])
                counters.count<"signet_jwks_stale_served_total">(issuer);
        }
    }
    counters.count<"signet_verify_total">(
        profile, issuer, what.token ? outcome{} : outcome{what.token.error().code}
    );
    if (what.token)
        counters.observe<"signet_verify_duration_seconds">(what.took, what.token->algorithm());
}

asio::awaitable<verdict>
verify_after_fetch(verify_terms& by, std::string_view token, verdict before, worker& here)
{
    auto& shared = here.shared;
    bool const came = co_await shared.issuers.wait_for(*before.missing);
    if (!came)
        co_return before;
    by.look_again(here.current());
    if (is_expensive(by, token))
        co_return co_await verify_on_pool(by, token, shared);
    co_return verify(by, token, shared.now(), &here.operations, shared.metrics);
}

}  // namespace service
