#pragma once

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/error.hpp"
#include "service/runtime/work_origin.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {
enum class jwks_reason : std::uint8_t;  // core/issuers/jwks_cache.hpp
}

/// The labels of metrics: their public names, and the values that each of them can have. Values
/// come only from the configuration or from fixed tables; everything else is `other`.
namespace service {

/// How an operation ended; nullopt = ok.
using outcome = std::optional<core::errc>;

/// The kinds of listeners: data over TCP, data on a Unix socket, admin, probes.
enum class listener_kind : std::uint8_t { data, unix_socket, admin, probes };
inline constexpr std::size_t listener_kinds = 4;
std::string_view to_string(listener_kind kind) noexcept;

/// Why a connection is not served: its listener or its peer has reached its limit, or there are too
/// few descriptors.
enum class connection_refusal : std::uint8_t { limit, address, descriptors };
inline constexpr std::size_t connection_refusals = 3;
std::string_view to_string(connection_refusal why) noexcept;

/// How the TLS handshake of a connection to us ended. Label values: stable, append only.
enum class handshake_outcome : std::uint8_t {
    full,
    resumed,
    client_refused,  ///< because of the certificate that the client showed or did not
    failed,          ///< any other way in which client and server do not agree
    timeout,
    crowded,    ///< it had waited longest of too many
    abandoned,  ///< the client left, often without a word: a check whether the port is open
};
inline constexpr std::size_t handshake_outcomes = 7;
std::string_view to_string(handshake_outcome how) noexcept;

/// How a fetch of an issuer's keys ended: the names of net::fetch_error, and those of an answer
/// that came. Label values: stable, append only.
enum class fetch_outcome : std::uint8_t {
    resolve,
    forbidden_address,
    connect,
    tls,
    timeout,
    too_large,
    protocol,
    redirect,
    cancelled,
    replaced,     ///< another set
    same,         ///< 304, or the same keys again
    emptied,      ///< the set has been empty for a minute: the issuer has no keys any more
    empty,        ///< an empty set that is not accepted yet
    foreign,      ///< 200 without a set that has a usable key
    status,       ///< neither 200 nor 304
    metadata,     ///< the issuer's metadata does not say where the keys are
    credentials,  ///< a file with a token, a header or our certificate cannot be used
};
inline constexpr std::size_t fetch_outcomes = 17;
std::string_view to_string(fetch_outcome how) noexcept;

/// Why a fetch was made.
std::string_view to_string(core::jwks_reason why) noexcept;

/// What happened to a token with an unknown kid, or with a signature that no key verifies. Label values: stable, append only.
enum class miss_outcome : std::uint8_t {
    known,        ///< a newer set than the reader's is here
    refetched,    ///< it caused a fetch
    joined,       ///< it waited for a fetch that was already running
    negative,     ///< an answer that did not help came since it was first seen
    suppressed,   ///< no further fetch was allowed
    crowded,      ///< too many tokens were waiting already
    unavailable,  ///< there is no set, and none is being fetched
};
inline constexpr std::size_t miss_outcomes = 7;
std::string_view to_string(miss_outcome how) noexcept;

/// A kind of label. Several kinds may have the same public name and different values.
enum class label : std::uint8_t {
    profile,         // verify profiles
    issuer,          // whose token: ourselves, an issuer or a series
    fetched_issuer,  // settings.issuers, by index
    signing_key,     // series
    encryption_key,  // series
    route,
    status,
    result_and_code,  // two labels by one index
    result,           // ok, refused, error
    listener,
    handshake_outcome,
    refusal,
    fetch_reason,
    fetch_outcome,
    miss_outcome,
    signature_alg,
    key_management_alg,
    queue,
    // of metrics that are read when the text is made
    key,
    kid,
    state,
    share,
    job_refusal,
    caller,
    caller_excess,
    version,
    algorithm,
    provider,
};
inline constexpr std::size_t label_count = static_cast<std::size_t>(label::provider) + 1;

struct label_row {
    label which;
    std::string_view name, second = {};  ///< some indices are written as two labels
};
inline constexpr auto label_rows = std::to_array<label_row>({
    {label::profile, "profile"},
    {label::issuer, "issuer"},
    {label::fetched_issuer, "issuer"},
    {label::signing_key, "key"},
    {label::encryption_key, "key"},
    {label::route, "route"},
    {label::status, "status"},
    {label::result_and_code, "result", "code"},
    {label::result, "result"},
    {label::listener, "listener"},
    {label::handshake_outcome, "outcome"},
    {label::refusal, "reason"},
    {label::fetch_reason, "reason"},
    {label::fetch_outcome, "outcome"},
    {label::miss_outcome, "outcome"},
    {label::signature_alg, "alg"},
    {label::key_management_alg, "alg"},
    {label::queue, "queue"},
    {label::key, "key"},
    {label::kid, "kid"},
    {label::state, "state"},
    {label::share, "share"},
    {label::job_refusal, "reason"},
    {label::caller, "caller"},
    {label::caller_excess, "reason"},
    {label::version, "version"},
    {label::algorithm, "algorithm"},
    {label::provider, "provider"},
});

constexpr std::size_t index_of(label one) noexcept
{
    return static_cast<std::size_t>(one);
}

static_assert(label_rows.size() == label_count);
static_assert(std::ranges::is_sorted(label_rows, {}, &label_row::which));

/// Statuses that are counted under their number; all others are `other`.
inline constexpr std::array statuses{200U, 304U, 400U, 401U, 403U, 404U, 405U, 408U,
                                     409U, 413U, 415U, 422U, 429U, 431U, 500U, 503U};

/// "refused" is an answer; "error" means that there was no answer.
enum class result_kind : std::uint8_t { ok, refused, error };

constexpr result_kind result_of(outcome how) noexcept
{
    if (!how)
        return result_kind::ok;
    return core::cannot_decide(*how) ? result_kind::error : result_kind::refused;
}

/// What a counting line gives for a label: an index or the value itself.
template <label Which> struct label_value {
    using type = std::size_t;
};
template <> struct label_value<label::status> {
    using type = unsigned;
};
template <> struct label_value<label::result_and_code> {
    using type = outcome;
};
template <> struct label_value<label::result> {
    using type = outcome;
};
template <> struct label_value<label::listener> {
    using type = listener_kind;
};
template <> struct label_value<label::handshake_outcome> {
    using type = handshake_outcome;
};
template <> struct label_value<label::refusal> {
    using type = connection_refusal;
};
template <> struct label_value<label::fetch_reason> {
    using type = core::jwks_reason;
};
template <> struct label_value<label::fetch_outcome> {
    using type = fetch_outcome;
};
template <> struct label_value<label::miss_outcome> {
    using type = miss_outcome;
};
template <> struct label_value<label::signature_alg> {
    using type = core::signature_algorithm;  // a row of the table itself
};
template <> struct label_value<label::key_management_alg> {
    using type = core::key_management_algorithm;
};
template <> struct label_value<label::queue> {
    using type = work_lane;
};

/// The place of a value among those of its label.
template <label Which>
constexpr std::size_t place_of(typename label_value<Which>::type const& value) noexcept
{
    if constexpr (Which == label::status)
        return static_cast<std::size_t>(std::ranges::find(statuses, value) - statuses.begin());
    else if constexpr (Which == label::result_and_code)
        return value ? static_cast<std::size_t>(*value) + 1 : 0;
    else if constexpr (Which == label::result)
        return static_cast<std::size_t>(result_of(value));
    else if constexpr (Which == label::signature_alg)
        return static_cast<std::size_t>(&value - core::signature_algorithms.data());
    else if constexpr (Which == label::key_management_alg)
        return static_cast<std::size_t>(&value - core::key_management_algorithms.data());
    else
        return static_cast<std::size_t>(value);
}

/// One value of a label, as it is written.
struct label_entry {
    std::string text, second = {};
    /// Whether its series may appear before anything was counted; see metric_row::zeros.
    bool shows_zeros = true;
    bool operator==(label_entry const&) const = default;
};

/// The values of every label, by index_of(label); empty for those of the configuration, which the
/// owner of the cells fills in, and for those that are read when the text is made.
using label_entries = std::array<std::vector<label_entry>, label_count>;
label_entries fixed_label_entries();

}  // namespace service
