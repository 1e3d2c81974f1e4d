#pragma once

#include "config/values/settings.hpp"
#include "core/issuers/jwks_cache.hpp"
#include "service/issuers/issuer_directory.hpp"
#include "service/net/fetch_failure.hpp"
#include "service/observe/metric_families.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace service {

/// How a fetch ended: the names of net::fetch_error, and those of an answer that came. Label names:
/// stable, append only.
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
    replaced,  ///< another set
    same,      ///< 304, or the same keys again
    emptied,   ///< an empty set for a minute: the issuer has no keys any more
    empty,     ///< an empty set that is not believed yet
    foreign,   ///< 200, and no set with a usable key
    status,    ///< neither 200 nor 304
    metadata,  ///< the issuer's metadata does not say where the keys are
};
inline constexpr std::size_t fetch_outcome_count = 16;
std::string_view to_string(fetch_outcome outcome) noexcept;
fetch_outcome outcome_of(net::fetch_error error) noexcept;

/// What became of a token of an unknown kid.
enum class miss_outcome : std::uint8_t {
    known,        ///< a newer set than the reader's has it
    refetched,    ///< it caused a fetch
    joined,       ///< it waited for one on its way
    negative,     ///< an answer came since it was first seen, without it
    suppressed,   ///< no further fetch was allowed
    crowded,      ///< too many waited already
    unavailable,  ///< no set, and none on its way
};
inline constexpr std::size_t miss_outcome_count = 7;
std::string_view to_string(miss_outcome outcome) noexcept;

/// The counters of every issuer, by index in the settings.
class issuer_counters {
public:
    explicit issuer_counters(config::settings const& from);

    void count_fetch(
        std::size_t issuer, core::jwks_reason why, fetch_outcome how, std::chrono::nanoseconds took
    ) noexcept;
    void count_miss(std::size_t issuer, miss_outcome how) noexcept;

    void add_families(
        families& to, issuer_view const& view, std::vector<issuer_state> const& states
    ) const;

private:
    struct cells {
        std::string name;
        bool is_fetched = false;
        std::array<std::array<cell, fetch_outcome_count>, 2> fetches{};  // by reason
        std::array<cell, miss_outcome_count> misses{};
        histogram fetch_time;
    };
    std::vector<cells> issuers_;
};

}  // namespace service
