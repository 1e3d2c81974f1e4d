#pragma once

#include "core/issuers/jwks_cache.hpp"
#include "service/issuers/issuer_directory.hpp"
#include "service/observe/metric_labels.hpp"

#include <chrono>
#include <string_view>

namespace service {

/// How a fetch of an issuer's keys ended.
struct fetch_end {
    core::jwks_reason reason;
    fetch_outcome how;
    std::chrono::steady_clock::duration took;
};

/// Whether the fetch confirmed the keys in use or brought others.
bool is_success(fetch_outcome how) noexcept;

/// Logs the end of a fetch: jwks_fetched, or a warning jwks_fetch_failed.
///
/// state, cache   of the issuer, after the fetch.
void log_fetch(
    std::string_view issuer, fetch_end const& end, issuer_state const& state,
    core::jwks_cache const& cache
);

}  // namespace service
