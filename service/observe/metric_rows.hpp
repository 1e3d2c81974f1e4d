#pragma once

#include "service/observe/metric_labels.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// Every metric that Signet has: a new one is a row here, the line that counts it, its row in
/// docs/metrics.md and its test.
namespace service {

enum class metric_type : std::uint8_t { counter, gauge, histogram };
enum class metric_unit : std::uint8_t { none, seconds, bytes };

/// Whose cells hold the numbers.
enum class metric_owner : std::uint8_t {
    service,     ///< `process_metrics`: the same labels as long as the process runs
    configured,  ///< `metrics`: labels of one configuration
    issuers,     ///< `issuer_counters`: the same
    nobody,      ///< no cells: the value is read when the text is made
};

/// Which series appear before anything was counted. All combinations of profiles, issuers and codes
/// would fill pages with zeros.
enum class metric_zeros : std::uint8_t {
    hidden,
    first,  ///< those with the first value of the last label
    shown,
};

/// Up to three labels, in the order in which they are written.
class label_list {
public:
    static constexpr std::size_t size_max = 3;

    template <class... Labels>
    constexpr label_list(Labels... labels) : all_{labels...}, size_(sizeof...(labels))
    {
    }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr label operator[](std::size_t at) const noexcept { return all_[at]; }
    constexpr label const* begin() const noexcept { return all_.data(); }
    constexpr label const* end() const noexcept { return all_.data() + size_; }

private:
    std::array<label, size_max> all_;
    std::size_t size_;
};

struct metric_row {
    std::string_view name;  ///< public and stable, with its unit; a counter's ends in _total
    metric_type type;
    metric_unit unit;
    label_list labels;
    metric_owner owner;
    metric_zeros zeros;
    std::string_view help;
};

namespace metric_table {

using enum metric_type;
using enum metric_unit;
using enum label;
using enum metric_owner;
using enum metric_zeros;

// Read by tests/documents.py: name, type, unit, labels, owner, zeros, and help on a line of its own.
// clang-format off
inline constexpr auto rows = std::to_array<metric_row>({
    {"signet_verify_total", counter, none, {profile, issuer, result_and_code}, configured, hidden,
     "Tokens verified, by profile, issuer and outcome."},
    {"signet_jwks_stale_served_total", counter, none, {issuer}, configured, hidden,
     "Tokens accepted with keys beyond their ttl, by issuer."},
    {"signet_sign_total", counter, none, {signing_key, result}, configured, first,
     "Tokens signed, by key series and outcome."},
    {"signet_encrypt_total", counter, none, {encryption_key, result}, configured, first,
     "Tokens encrypted, by key series and outcome."},
    {"signet_decrypt_total", counter, none, {encryption_key, result}, configured, first,
     "Tokens decrypted, by key series and outcome."},
    {"signet_http_requests_total", counter, none, {route, status}, service, hidden,
     "Requests answered, by route and status."},
    {"signet_http_request_duration_seconds", histogram, seconds, {route}, service, hidden,
     "From a request's first byte to its reply, by route."},
    {"signet_verify_duration_seconds", histogram, seconds, {signature_alg}, service, hidden,
     "One signature check, by alg."},
    {"signet_sign_duration_seconds", histogram, seconds, {signature_alg}, service, hidden,
     "One signature, by alg."},
    {"signet_encrypt_duration_seconds", histogram, seconds, {key_management_alg}, service, hidden,
     "One encryption, by the key's alg."},
    {"signet_decrypt_duration_seconds", histogram, seconds, {key_management_alg}, service, hidden,
     "One decryption, by the key's alg."},
    {"signet_key_state", gauge, none, {key, kid, state}, nobody, shown,
     "1 for the state that a key is in."},
    {"signet_key_next_transition_timestamp_seconds", gauge, seconds, {key}, nobody, shown,
     "When a key of the series next changes its state."},
    {"signet_jwks_fetch_total", counter, none, {fetched_issuer, fetch_reason, fetch_outcome}, issuers, hidden,
     "Fetches of keys, by issuer, reason and outcome."},
    {"signet_jwks_unknown_kid_total", counter, none, {fetched_issuer, miss_outcome}, issuers, shown,
     "Tokens with unknown kids, by what happened to them."},
    {"signet_jwks_bad_signature_total", counter, none, {fetched_issuer, miss_outcome}, issuers, shown,
     "Tokens that could be good and that no key of their issuer verifies, by what happened to them."},
    {"signet_jwks_fetch_duration_seconds", histogram, seconds, {fetched_issuer}, issuers, hidden,
     "From looking up the origin to its complete answer."},
    {"signet_jwks_keys", gauge, none, {fetched_issuer}, nobody, shown,
     "Keys in use, by issuer."},
    {"signet_jwks_stale", gauge, none, {fetched_issuer}, nobody, shown,
     "1 while keys are used beyond their ttl because their origin fails."},
    {"signet_jwks_age_seconds", gauge, seconds, {fetched_issuer}, nobody, shown,
     "Time since the origin last confirmed the keys in use."},
    {"signet_jwks_last_success_timestamp_seconds", gauge, seconds, {fetched_issuer}, nobody, shown,
     "When an origin last confirmed or replaced the keys."},
    {"signet_jwks_usable_until_timestamp_seconds", gauge, seconds, {fetched_issuer}, nobody, shown,
     "When the keys in use end, unless a fetch succeeds."},
    {"signet_jwks_fetch_failures", gauge, none, {fetched_issuer}, nobody, shown,
     "Failed fetches since the last success."},
    {"signet_jwks_private_keys_published", gauge, none, {fetched_issuer}, nobody, shown,
     "Entries of the last set that are not used because their private half is published."},
    {"signet_bodies_bytes", gauge, bytes, {share}, nobody, shown,
     "Memory that running requests use beyond each connection's own, by share."},
    {"signet_bodies_refused_total", counter, none, {share}, nobody, shown,
     "Requests without memory for their head, body or reply, by share."},
    {"signet_token_cache_hits_total", counter, none, {}, nobody, shown,
     "Signatures that were not computed, because the token was verified before."},
    {"signet_token_cache_misses_total", counter, none, {}, nobody, shown,
     "Tokens that were looked for in the cache and not found there."},
    {"signet_token_cache_admitted_total", counter, none, {}, nobody, shown,
     "Tokens that were put into the cache."},
    {"signet_token_cache_evicted_total", counter, none, {}, nobody, shown,
     "Tokens that had to leave the cache for others."},
    {"signet_token_cache_bytes", gauge, bytes, {}, nobody, shown,
     "Memory of the cache of verified tokens."},
    {"signet_jobs_waiting", gauge, none, {queue}, nobody, shown,
     "Expensive work that waits for a thread, by queue."},
    {"signet_jobs_refused_total", counter, none, {queue, job_refusal}, nobody, shown,
     "Expensive work that was refused, by queue and reason."},
    {"signet_job_wait_seconds", histogram, seconds, {queue}, service, hidden,
     "How long expensive work waited for a thread, by queue."},
    {"signet_job_cpu_seconds_total", counter, seconds, {queue}, nobody, shown,
     "CPU time of expensive work, by queue."},
    {"signet_caller_requests_in_flight", gauge, none, {caller}, nobody, shown,
     "Requests of a caller that are not answered yet."},
    {"signet_caller_limited_total", counter, none, {caller, caller_excess}, nobody, shown,
     "Requests of a caller that were refused because it asked too often or for too much at once."},
    {"signet_key_tables", gauge, none, {}, nobody, shown,
     "Tables of multiples of ES256 keys."},
    {"signet_key_tables_bytes", gauge, bytes, {}, nobody, shown,
     "Memory of these tables."},
    {"signet_key_tables_made_total", counter, none, {}, nobody, shown,
     "Tables that were made since the start."},
    {"signet_config_generation", gauge, none, {}, nobody, shown,
     "Which configuration is in force: 1 after the start, one more with each reload or change of our keys."},
    {"signet_config_reloads_total", counter, none, {result}, nobody, shown,
     "Attempts to load the configuration while the service runs, by result."},
    {"signet_config_last_reload_successful", gauge, none, {}, nobody, shown,
     "0 when the last attempt was refused and the configuration before is still in force."},
    {"signet_config_last_reload_success_timestamp_seconds", gauge, seconds, {}, nobody, shown,
     "When the configuration in force took effect."},
    {"signet_rotation_generation", gauge, none, {key}, nobody, shown,
     "Generation of the manifest of a rotated series that is in force."},
    {"signet_rotation_failing", gauge, none, {key}, nobody, shown,
     "1 while the folder of a rotated series cannot be used: no key follows."},
    {"signet_rotation_writes_total", counter, none, {key}, nobody, shown,
     "Turns in which this process has written manifests of a rotated series by itself: not those of its start, nor of signet rotate."},
    {"signet_rotation_failures_total", counter, none, {key}, nobody, shown,
     "Looks at the folder of a rotated series that failed."},
    {"signet_revoked_keys", gauge, none, {}, nobody, shown,
     "Keys of ours that are revoked."},
    {"signet_revocations_failing", gauge, none, {}, nobody, shown,
     "1 while the revocations of all replicas cannot be read as a whole, no look at them has ended for 10 s, or this replica's own journal or sign of life cannot be written."},
    {"signet_revocations_read_timestamp_seconds", gauge, seconds, {}, nobody, shown,
     "When the revocations of all replicas were last read."},
    {"signet_key_clock_held_seconds", gauge, seconds, {}, nobody, shown,
     "How far the clock has jumped while keys keep their states; 0 when it did not."},
    {"signet_audit_records_total", counter, none, {queue}, nobody, shown,
     "Audit records that were written, by whose they are."},
    {"signet_audit_dropped_total", counter, none, {queue}, nobody, shown,
     "Audit records that were not written, by whose they are."},
    {"signet_audit_refused_total", counter, none, {}, nobody, shown,
     "Requests and items without a reply because their audit record could not be written."},
    {"signet_audit_commits_total", counter, none, {}, nobody, shown,
     "Writes of callers' audit records: many records may share one."},
    {"signet_audit_syncs_total", counter, none, {}, nobody, shown,
     "How often audit records were synced to the disk."},
    {"signet_audit_sequence", gauge, none, {}, nobody, shown,
     "The number of the last audit record of callers."},
    {"signet_audit_failing", gauge, none, {}, nobody, shown,
     "1 while audit records cannot be written."},
    {"signet_build_info", gauge, none, {version}, nobody, shown,
     "Which build this is."},
    {"signet_crypto_provider_info", gauge, none, {algorithm, provider}, nobody, shown,
     "Which library signs and verifies, by algorithm."},
    {"signet_dev_mode", gauge, none, {}, nobody, shown,
     "1 in development mode."},
    {"signet_connections", gauge, none, {listener}, service, shown,
     "Open connections, by kind of listener."},
    {"signet_connections_refused_total", counter, none, {listener, refusal}, service, first,
     "Connections that were not served, by listener and reason."},
    {"signet_tls_handshakes_total", counter, none, {listener, handshake_outcome}, service, hidden,
     "TLS handshakes of listeners, by how they ended."},
    {"signet_tls_reloads_total", counter, none, {listener, result}, service, hidden,
     "Changed TLS files of listeners: put in force, or refused."},
    {"signet_tls_certificate_expiry_timestamp_seconds", gauge, seconds, {listener}, nobody, shown,
     "When the first certificate of the listeners of a kind ends."},
    {"process_resident_memory_bytes", gauge, bytes, {}, nobody, shown,
     "Resident memory."},
    {"process_cpu_seconds_total", counter, seconds, {}, nobody, shown,
     "User and system time."},
    {"process_open_fds", gauge, none, {}, nobody, shown,
     "Open file descriptors."},
    {"process_start_time_seconds", gauge, seconds, {}, nobody, shown,
     "When the process started."},
});
// clang-format on

constexpr bool is_well_named(metric_row const& row)
{
    auto name = row.name;
    if (row.type == counter && !name.ends_with("_total"))
        return false;
    name = name.substr(0, name.size() - (row.type == counter ? 6 : 0));
    return name.ends_with("_seconds") == (row.unit == seconds)
        && name.ends_with("_bytes") == (row.unit == bytes);
}

static_assert(std::ranges::all_of(rows, is_well_named));
static_assert(
    std::ranges::all_of(
        rows,
        [](auto const& one) { return std::ranges::count(rows, one.name, &metric_row::name) == 1; }
    ),
    "two rows have one name"
);

}  // namespace metric_table

inline constexpr auto const& metric_rows = metric_table::rows;

/// The name of a metric as a template argument: count<"signet_sign_total">(...).
template <std::size_t Size> struct metric_name {
    char text[Size]{};

    consteval metric_name(char const (&from)[Size]) { std::copy_n(from, Size, text); }
    constexpr std::string_view view() const noexcept { return {text, Size - 1}; }
};

/// The index of a row; a name that no row has does not compile.
template <metric_name Name> consteval std::size_t row_of()
{
    constexpr auto found = std::ranges::find(metric_rows, Name.view(), &metric_row::name);
    static_assert(found != metric_rows.end(), "metric_rows.hpp has no row of this name");
    return static_cast<std::size_t>(found - metric_rows.begin());
}

}  // namespace service
