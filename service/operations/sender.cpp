#include "service/operations/sender.hpp"

#include "core/algorithms/work_costs.hpp"
#include "core/base/base64url.hpp"
#include "core/json/json.hpp"
#include "service/callers/caller_book.hpp"
#include "service/operations/by_cost.hpp"

#include <string>

namespace service {
namespace {

/// The `iss` of a compact JWS; empty when there is none. Unverified: it only selects among the
/// configured issuers, and is checked again after the signature.
std::string unverified_issuer(std::string_view token)
{
    auto const first = token.find('.');
    auto const second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
        return {};
    auto claims = core::base64url_decode_text(token.substr(first + 1, second - first - 1));
    if (!claims)
        return {};
    auto const read = core::json::document::parse(std::move(*claims));
    if (!read || !read->root().is_object())
        return {};
    auto const iss = read->root().find("iss");
    return iss ? std::string(iss->string()) : std::string();
}

/// What a caller's token may cost; the request's own budget begins after it.
request_costs costs_of_token(peer const& from, config::limit_settings const& limits)
{
    return {core::work_budget(limits.stranger_work, {}), strangers_work(&from)};
}

/// Adds the caller whose token it is, or notes why it is nobody's. A token that is bound to a proof
/// (RFC 7800) is refused, because nobody checked that proof.
void conclude(identity& by, verdict& found, verify_terms const& terms, observers const& told)
{
    refuse_if_bound(found);
    count(found, terms, told);
    if (!found.token)
        return by.note_refused_token(found.token.error().code);
    auto const& profile = *terms.profile->settings;
    auto const subject = found.token->claims().find(profile.subject_claim);
    auto const who = subject && subject->is_string()
        ? terms.seen->callers->by_token(profile.name, subject->string())
        : nullptr;
    if (who)
        by.add(who);
    else
        by.note(useless_credential::token_of_nobody);
}

observers told_of(shown_credentials const& shown, snapshot const& seen)
{
    return {seen.counters, seen.refusals, shown.request_id, shown.traceparent};
}

}  // namespace

found_sender
find_sender(shown_credentials const& shown, std::shared_ptr<snapshot const> seen, worker& here)
{
    auto const now = here.shared.now();
    found_sender made{seen->callers->of_peer(shown.from, now)};
    auto const bearer = bearer_of(shown.authorization);
    if (shown.authorization.empty() || made.by.is_anybody())
        return made;
    made.by.note(
        bearer.empty() ? useless_credential::other_scheme : useless_credential::unknown_bearer
    );
    if (bearer.empty())
        return made;
    if (auto const who = seen->callers->by_secret(bearer)) {
        made.by.add(who);
        return made;
    }
    if (!seen->profiles.has_any_for_callers())
        return made;
    auto costs = costs_of_token(shown.from, seen->settings.limits);
    if (!costs.budget.charge(core::costs::of_reading(bearer.size()))) {
        made.by.note_refused_token(core::errc::work_exceeded);
        return made;
    }
    auto const* const profile = seen->profiles.find_for_callers_of(unverified_issuer(bearer));
    if (profile == nullptr)
        return made;
    verify_terms terms{std::move(seen)};
    terms.profile = profile;
    terms.memory = &here.memory;
    costs.budget.hold_to(io_allowance);
    auto found = verify(
        terms, bearer, now, &here.operations, terms.seen->counters, &costs.budget, &here.tokens
    );
    bool const is_held_up = costs.budget.is_held_up();
    costs.budget.release();
    if (is_held_up || found.missing) {
        made.rest = std::make_unique<unfinished_token>(unfinished_token{
            std::move(terms), bearer, {}, costs});
        if (!is_held_up)
            made.rest->found = std::move(found);
        return made;
    }
    conclude(made.by, found, terms, told_of(shown, *terms.seen));
    return made;
}

asio::awaitable<std::optional<identity>>
judge_later(std::unique_ptr<unfinished_token> what, shown_credentials const& shown, worker& here)
{
    auto& terms = what->terms;
    auto const before = terms.seen;
    auto rest = finish_verify(*what, here);
    auto found = co_await std::move(rest);
    if (!found || !here.current()->is_of_same_configuration(*before))
        co_return std::nullopt;
    auto by = before->callers->of_peer(shown.from, here.shared.now());
    conclude(by, *found, terms, told_of(shown, *terms.seen));
    co_return by;
}

}  // namespace service
