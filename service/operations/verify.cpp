#include "service/operations/verify.hpp"

#include "core/algorithms/work_costs.hpp"
#include "service/operations/by_cost.hpp"
#include "service/operations/nested.hpp"
#include "service/runtime/clock.hpp"

namespace service {
namespace {

using steady = std::chrono::steady_clock;

/// Parses a JWS in JSON serialization, in mode jws. What is not JSON is left to the compact reader,
/// which names the fault.
std::optional<core::json::document>
json_serialization(verify_terms const& by, std::string_view text, core::work_budget* budget)
{
    if (by.mode != core::token_mode::jws || !text.starts_with('{'))
        return std::nullopt;
    // What is refused here is refused again where the token is read.
    if (!charge(budget, core::costs::of_reading(text.size())))
        return std::nullopt;
    auto parsed = core::json::document::parse(std::string(text));
    if (!parsed || !parsed->root().is_object())
        return std::nullopt;
    return std::move(*parsed);
}

/// The token to verify: the one that was given, or the one nested in it.
struct subject {
    std::string_view text;
    core::secret_bytes opened{};  ///< the nested token; `text` is then a view of it
};

/// unwrapped  how the opening of a nested token ended.
core::result<subject> subject_of(
    verify_terms const& by, std::string_view token, core::work_budget* budget,
    core::crypto::operation_cache* kept, unwrapping& unwrapped
)
{
    if (!by.may_be_nested || by.is_inline())
        return subject{token};
    unwrapped = unwrap(*by.profile, token, by.seen->settings.limits, budget, kept);
    if (!unwrapped.token)
        return unwrapped.token.error();
    if (!*unwrapped.token)
        return subject{token};
    subject found{{}, std::move((*unwrapped.token)->token)};
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
    auto const& issuer = by.seen->others->issuers[source];
    missing_key lacked;
    lacked.issuer = issuer.source;
    if (trace.miss != core::key_miss::signature) {
        lacked.kid = std::move(trace.kid);
        return lacked;
    }
    if (!issuer.gate || !issuer.gate->admits(issuer.keys.get(), trace.signature, uptime_now()))
        return std::nullopt;
    lacked.tried = issuer.keys;
    lacked.signature = trace.signature;
    return lacked;
}

/// Finds the issuer, and the key that is missing or, for the log, that the token names.
void note_issuer(
    verdict& into, verify_terms const& by, ready_policy const& policy, core::verify_trace& trace
)
{
    if (by.is_inline() || !trace.issuer)
        return;
    into.issuer = policy.issuer_of(*trace.issuer);
    if (into.token)
        return;
    into.missing = missing_key_of(by, by.profile->issuer_sources[*into.issuer], trace);
    into.kid = std::move(trace.named_kid);
}

void tell_of_refusal(
    verdict const& what, verify_terms const& by, observers const& to, std::string_view header
)
{
    refusal line{refusal::kind::token, what.token.error(), to.request_id};
    if (!by.is_inline()) {
        line.subject = {refusal_subject::kind::verify_profile, by.profile->settings->name};
        if (what.issuer)
            line.issuer = name_of_issuer(*by.profile->settings, *what.issuer);
    }
    line.kid = what.kid;
    line.header = header;
    to.tell(line);
}

verdict verify_unwrapped(
    verify_terms const& by, std::string_view token, core::instant now,
    core::crypto::operation_cache* kept, core::work_budget* budget, core::verified_tokens* tokens,
    unwrapping& unwrapped
)
{
    auto const started = steady::now();
    auto const what = subject_of(by, token, budget, kept, unwrapped);
    if (!what)
        return {what.error()};
    std::string jwe_header;
    if (unwrapped.algorithm != nullptr)
        jwe_header = std::move((*unwrapped.token)->jwe_header);
    if (what->text.size() > by.token_bytes)
        return {core::errc::token_too_large, std::move(jwe_header)};
    bool const was_encrypted = unwrapped.algorithm != nullptr;
    bool const is_remembered = by.may_be_remembered() && !was_encrypted;
    ready_policy const policy(by, budget, is_remembered ? tokens : nullptr);
    core::verify_trace trace;
    auto* const keep = by.is_inline() ? nullptr : kept;
    auto const json = json_serialization(by, what->text, budget);
    verdict made{
        json ? core::verify_json(json->root(), policy.get(), now, keep, &trace)
             : core::verify(what->text, policy.get(), now, keep, &trace),
        std::move(jwe_header)};
    made.is_json = json.has_value();
    if (!is_held_up(budget))
        note_issuer(made, by, policy, trace);
    made.took = steady::now() - started;
    return made;
}

}  // namespace

verdict verify(
    verify_terms const& by, std::string_view token, core::instant now,
    core::crypto::operation_cache* kept, metrics& counters, core::work_budget* budget,
    core::verified_tokens* tokens
)
{
    if (token.size() > by.longest_token())
        return {core::errc::token_too_large};
    unwrapping unwrapped;
    auto made = verify_unwrapped(by, token, now, kept, budget, tokens, unwrapped);
    if (is_held_up(budget))
        return {core::errc::work_exceeded};
    if (unwrapped.ended && !by.has_waited)  // what waited was opened, and counted, before
        count(unwrapped, *by.profile, counters);
    return made;
}

namespace {

auto work_of(verify_terms const& by, std::string_view token, worker& here, request_costs& costs)
{
    return [&by, token, &here, &costs](core::crypto::operation_cache& kept) {
        auto* const tokens = here.tokens_for(kept);
        return verify(
            by, token, here.shared.now(), &kept, by.seen->counters, &costs.budget, tokens
        );
    };
}

verdict or_overloaded(std::optional<verdict> found)
{
    return found ? std::move(*found) : verdict{core::errc::overloaded};
}

}  // namespace

asio::awaitable<verdict>
verify_beyond_io(verify_terms const& by, std::string_view token, worker& here, request_costs& costs)
{
    auto work = work_of(by, token, here, costs);
    auto found = co_await run_beyond_io(costs, here.shared.cpu, std::move(work));
    co_return or_overloaded(std::move(found));
}

asio::awaitable<verdict>
verify_by_cost(verify_terms const& by, std::string_view token, worker& here, request_costs& costs)
{
    auto work = work_of(by, token, here, costs);
    auto found = co_await run_by_cost(costs, here.shared.cpu, here.operations, std::move(work));
    co_return or_overloaded(std::move(found));
}

std::string_view name_of_issuer(config::verify_profile const& profile, std::size_t index)
{
    if (profile.mode == config::token_kind::jwt)
        return profile.issuers[index];
    return profile.series.size() == 1 ? std::string_view(profile.series.front())
                                      : std::string_view();
}

void take_back(verdict& found, core::failure why)
{
    found.kid = found.token->kid();
    found.token = std::move(why);
}

void refuse_if_bound(verdict& found)
{
    if (found.token && found.token->claims().find("cnf"))
        take_back(
            found,
            core::failure::of_claim(core::errc::claim_invalid, "cnf", core::fault::check_failed)
        );
}

void count(
    verdict const& what, verify_terms const& by, observers const& to, std::string_view header
)
{
    auto& counters = to.counters;
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
    else
        tell_of_refusal(what, by, to, header);
}

asio::awaitable<std::optional<verdict>> verify_after_fetch(
    verify_terms& by, std::string_view token, verdict before, worker& here, request_costs& costs
)
{
    bool const came = co_await here.shared.issuers.wait_for(*before.missing);
    auto const now_seen = here.current();
    if (!now_seen->is_of_same_configuration(*by.seen))
        co_return std::nullopt;
    if (!came)
        co_return std::optional(std::move(before));
    by.look_again(now_seen);
    auto once_more = verify_by_cost(by, token, here, costs);
    before = co_await std::move(once_more);
    co_return std::optional(std::move(before));
}

asio::awaitable<std::optional<verdict>> finish_verify(unfinished_token& what, worker& here)
{
    if (!what.found)
        what.found = co_await verify_beyond_io(what.terms, what.token, here, what.costs);
    if (!what.found->missing)
        co_return std::move(what.found);
    auto again =
        verify_after_fetch(what.terms, what.token, std::move(*what.found), here, what.costs);
    co_return co_await std::move(again);
}

}  // namespace service
