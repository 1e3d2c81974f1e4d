#pragma once

#include "config/values/settings.hpp"
#include "core/keys/key_ring.hpp"
#include "service/callers/caller_book.hpp"
#include "service/observe/metrics.hpp"
#include "service/observe/refusal_log.hpp"

#include <cstdint>
#include <memory>

namespace service {

/// One configuration and what all threads share of it. Immutable, but for what it counts. A reload
/// makes another one; this one lives as long as a request uses it.
struct configuration {
    configuration(
        std::uint64_t generation_, std::shared_ptr<config::settings const> settings_,
        std::shared_ptr<caller_book const> callers_, std::shared_ptr<metrics> counters_,
        std::shared_ptr<refusal_log> refusals_
    )
        : generation(generation_), settings(std::move(settings_)),
          keys(settings->keys, config::jwks_max_age(*settings)), callers(std::move(callers_)),
          counters(std::move(counters_)), refusals(std::move(refusals_))
    {
    }
    configuration(configuration const&) = delete;
    configuration& operator=(configuration const&) = delete;

    std::uint64_t generation;  ///< 1 at the start, one more with each reload
    std::shared_ptr<config::settings const> settings;
    core::key_ring keys;
    std::shared_ptr<caller_book const> callers;  ///< never null
    std::shared_ptr<metrics> counters;           ///< its labels are the names of these settings
    std::shared_ptr<refusal_log> refusals;       ///< the same
};

}  // namespace service
