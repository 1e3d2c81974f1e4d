#include "service/issuers/fetch_log.hpp"

#include "service/observe/log.hpp"
#include "service/runtime/clock.hpp"

namespace service {
namespace {

std::int64_t in_ms(std::chrono::steady_clock::duration length)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
}

}  // namespace

bool is_success(fetch_outcome how) noexcept
{
    return how == fetch_outcome::replaced || how == fetch_outcome::same;
}

void log_fetch(
    std::string_view issuer, fetch_end const& end, issuer_state const& state,
    core::jwks_cache const& cache
)
{
    auto const why = to_string(end.reason);
    auto const keys = cache.usable(uptime_now());
    auto const next = cache.refresh_at() - uptime_now();
    if (is_success(end.how))
        log(end.how == fetch_outcome::same ? config::log_level::debug : config::log_level::info,
            "jwks_fetched",
            {{"issuer", issuer},
             {"reason", why},
             {"outcome", to_string(end.how)},
             {"keys", keys ? keys->keys.size() : 0},
             {"skipped", keys ? keys->left_out.size() : 0},
             {"took_ms", in_ms(end.took)},
             {"next_ms", next.count()}});
    else
        log_warn(
            "jwks_fetch_failed",
            {{"issuer", issuer},
             {"reason", why},
             {"outcome", to_string(end.how)},
             {"problem", own_text{state.problem}},
             {"failures", state.failures},
             {"usable", keys != nullptr},
             {"took_ms", in_ms(end.took)},
             {"next_ms", next.count()}}
        );
}

}  // namespace service
