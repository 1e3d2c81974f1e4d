#include "service/http/route.hpp"
#include "service/issuers/registry.hpp"
#include "service/observe/metric_families.hpp"

namespace service {

namespace {

void add_body_families(families& to, body_budget const& from)
{
    for (auto const share : {body_share::strangers, body_share::callers}) {
        auto const name = to_string(share);
        to.add<"signet_bodies_bytes">({name}, static_cast<double>(from.held(share)));
        to.add<"signet_bodies_refused_total">({name}, static_cast<double>(from.refusals(share)));
    }
}

void add_token_families(families& to, token_caches const& from)
{
    auto const sum = from.sum();
    to.add<"signet_token_cache_hits_total">({}, static_cast<double>(sum.hits));
    to.add<"signet_token_cache_misses_total">({}, static_cast<double>(sum.misses));
    to.add<"signet_token_cache_admitted_total">({}, static_cast<double>(sum.admitted));
    to.add<"signet_token_cache_evicted_total">({}, static_cast<double>(sum.evicted));
    to.add<"signet_token_cache_bytes">({}, static_cast<double>(sum.octets));
}

/// Only the refusals that a queue can have.
void add_job_families(families& to, work_pool const& from)
{
    auto const add_refusals = [&](work_lane lane, work_refusal why) {
        to.add<"signet_jobs_refused_total">(
            {to_string(lane), to_string(why)}, static_cast<double>(from.refusals(lane, why))
        );
    };
    for (auto const why : {work_refusal::caller, work_refusal::age})
        add_refusals(work_lane::callers, why);
    for (auto const why : {work_refusal::full, work_refusal::age, work_refusal::peer})
        add_refusals(work_lane::strangers, why);
    for (auto const lane : {work_lane::callers, work_lane::strangers}) {
        auto const name = to_string(lane);
        to.add<"signet_jobs_waiting">({name}, static_cast<double>(from.waiting(lane)));
        std::chrono::duration<double> const spent = from.cpu_time(lane);
        to.add<"signet_job_cpu_seconds_total">({name}, spent.count());
    }
}

void add_caller_families(families& to, caller_state const& from)
{
    for (auto const& one : from.all()) {
        to.add<"signet_caller_requests_in_flight">({one.name}, static_cast<double>(one.in_flight));
        to.add<"signet_caller_limited_total">(
            {one.name, "rate"}, static_cast<double>(one.over_rate)
        );
        to.add<"signet_caller_limited_total">(
            {one.name, "in_flight"}, static_cast<double>(one.over_in_flight)
        );
    }
}

void add_table_families(families& to, key_tables::figures const& now)
{
    to.add<"signet_key_tables">({}, static_cast<double>(now.tables));
    to.add<"signet_key_tables_bytes">({}, static_cast<double>(now.octets));
    to.add<"signet_key_tables_made_total">({}, static_cast<double>(now.made));
}

void add_reload_families(families& to, reload_status::facts const& now)
{
    to.add<"signet_config_generation">({}, static_cast<double>(now.generation));
    to.add<"signet_config_reloads_total">({"ok"}, static_cast<double>(now.done));
    to.add<"signet_config_reloads_total">({"refused"}, static_cast<double>(now.refused));
    to.add<"signet_config_last_reload_successful">({}, now.problems == 0 ? 1 : 0);
    to.add<"signet_config_last_reload_success_timestamp_seconds">(
        {}, core::numeric_date(now.in_force_since)
    );
}

void add_rotation_families(families& to, rotation_status::facts const& now)
{
    for (auto const& [series, one] : now.rotated) {
        to.add<"signet_rotation_generation">({series}, static_cast<double>(one.generation));
        to.add<"signet_rotation_failing">({series}, one.problem.empty() ? 0 : 1);
        to.add<"signet_rotation_writes_total">({series}, static_cast<double>(one.done));
        to.add<"signet_rotation_failures_total">({series}, static_cast<double>(one.failures));
    }
    to.add<"signet_revoked_keys">({}, static_cast<double>(now.revoked));
    to.add<"signet_revocations_failing">({}, now.state_problem.empty() ? 0 : 1);
    if (now.read_at)
        to.add<"signet_revocations_read_timestamp_seconds">({}, core::numeric_date(*now.read_at));
    std::chrono::duration<double> const away = now.clock_distance;
    to.add<"signet_key_clock_held_seconds">({}, away.count());
}

/// Nothing where there is no audit log.
void add_audit_families(families& to, audit_log const* from)
{
    if (from == nullptr)
        return;
    auto const now = from->now();
    for (auto const lane : {work_lane::callers, work_lane::strangers}) {
        auto const place = lane == work_lane::callers ? 0U : 1U;
        to.add<"signet_audit_records_total">(
            {to_string(lane)}, static_cast<double>(now.written[place])
        );
        to.add<"signet_audit_dropped_total">(
            {to_string(lane)}, static_cast<double>(now.dropped[place])
        );
    }
    to.add<"signet_audit_refused_total">({}, static_cast<double>(now.refused));
    to.add<"signet_audit_commits_total">({}, static_cast<double>(now.commits));
    to.add<"signet_audit_syncs_total">({}, static_cast<double>(now.syncs));
    to.add<"signet_audit_sequence">({}, static_cast<double>(now.seq));
    to.add<"signet_audit_failing">({}, now.is_failing ? 1 : 0);
}

void add_certificate_families(families& to, certificate_ends const& from)
{
    for (std::size_t i = 0; i < listener_kinds; ++i) {
        auto const kind = static_cast<listener_kind>(i);
        if (auto const end = from.unix_seconds_of(kind))
            to.add<"signet_tls_certificate_expiry_timestamp_seconds">(
                {to_string(kind)}, static_cast<double>(*end)
            );
    }
}

}  // namespace

asio::awaitable<http::reply> handle_metrics(http::request const&, worker& here)
{
    http::reply answer;
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    auto const more = [&shared = here.shared](families& to) {
        shared.issuers.add_families(to);
        add_body_families(to, shared.bodies);
        add_token_families(to, shared.tokens);
        add_job_families(to, shared.cpu);
        add_caller_families(to, shared.callers);
        add_table_families(to, shared.tables.now());
        add_reload_families(to, shared.reloads.now());
        add_rotation_families(to, shared.rotation.now());
        add_certificate_families(to, shared.certificate_ends);
        add_audit_families(to, shared.audit());
    };
    auto const render = [&] { return here.shared.counted()->text(*here.current()->ring, more); };
    answer.body = here.metrics_text.at(std::chrono::steady_clock::now(), render);
    co_return answer;
}

}  // namespace service
