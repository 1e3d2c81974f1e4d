#include "service/issuers/stored_set.hpp"

#include "config/changes/issuer_changes.hpp"
#include "service/issuers/left_out.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/clock.hpp"

namespace service {
namespace {

/// How far a stored file's time may be ahead of the clock, which may have been set back since.
constexpr auto clock_slack = std::chrono::minutes(5);

}  // namespace

stored_set::stored_set(issuer_world& world, issuer_place const& at, std::string source)
    : world_(world), at_(at), source_(std::move(source))
{
}

/// Why stored keys cannot be the issuer's; empty = they can.
std::string stored_set::refusal(stored_keys const& kept) const
{
    if (kept.issuer != at_.issuer().issuer || kept.source != source_)
        return "the stored keys are from another origin";
    if (kept.trust != config::trust_mark_of(at_.issuer()))
        return "the stored keys were trusted for another reason (hosts, addresses, roots or "
               "algorithms)";
    if (kept.fetched_at > world_.now() + clock_slack)
        return "the stored keys are dated in the future";
    return {};
}

std::optional<std::vector<core::left_out_key>> stored_set::restore(core::jwks_cache& into)
{
    auto const refuse = [this](std::string_view why) {
        log_warn("jwks_not_restored", {{"issuer", at_.issuer().name}, {"reason", why}});
        return std::nullopt;
    };
    std::string problem;
    auto kept = at_.terms->store.load(at_.issuer().name, at_.limits().jwks_bytes, problem);
    if (kept)
        problem = refusal(*kept);
    if (!problem.empty())
        return refuse(problem);
    if (!kept)
        return std::nullopt;
    auto reading = core::read_jwks(
        kept->body, at_.issuer().algorithms, at_.limits().jwks_keys, nullptr, &at_.terms->ours,
        nullptr, at_.issuer().spelling(), !at_.issuer().callers.empty()
    );
    if (reading.worth != core::jwks_worth::usable)
        return refuse("the stored keys cannot be used");
    auto const age = std::max(world_.now() - kept->fetched_at, std::chrono::milliseconds(0));
    if (!into.restore(reading.set, kept->etag, kept->last_modified, age, uptime_now()))
        return refuse("the stored keys are too old");
    body_ = std::move(kept->body);
    log_info(
        "jwks_restored",
        {{"issuer", at_.issuer().name},
         {"keys", reading.set->keys.size()},
         {"age_s", std::chrono::floor<std::chrono::seconds>(age).count()}}
    );
    return std::move(reading.left_out);
}

void stored_set::keep(
    core::jwks_cache const& in_use, std::vector<core::left_out_key> const& left_out
)
{
    if (!at_.terms->store.is_on())
        return;
    if (gives_secrets_away(left_out)) {
        auto remove = [store = at_.terms->store, name = at_.issuer().name] { store.remove(name); };
        run_later_on(world_.cpu, std::move(remove));
        return;
    }
    stored_keys keys;
    keys.issuer = at_.issuer().issuer;
    keys.source = source_;
    keys.trust = config::trust_mark_of(at_.issuer());
    keys.etag = in_use.etag();
    keys.last_modified = in_use.last_modified();
    keys.fetched_at = world_.now();
    keys.body = body_;
    auto save = [store = at_.terms->store, name = at_.issuer().name, keys = std::move(keys)] {
        auto const problem = store.save(name, keys);
        if (!problem.empty())
            log_warn("jwks_not_kept", {{"issuer", name}, {"reason", problem}});
    };
    run_later_on(world_.cpu, std::move(save));
}

}  // namespace service
