#include "service/observe/metric_readings.hpp"

#include "core/crypto/providers.hpp"
#include "service/observe/metric_families.hpp"
#include "service/observe/process_figures.hpp"

#include <optional>

namespace service {
namespace {

constexpr std::array key_states{core::key_state::staged,  core::key_state::published,
                                core::key_state::active,  core::key_state::retiring,
                                core::key_state::retired, core::key_state::revoked};

/// The next moment at which one key of the series changes its state.
std::optional<core::instant> next_change(core::ring_view::series const& of, core::instant now)
{
    std::optional<core::instant> next;
    auto const consider = [&](std::optional<core::instant> moment) {
        if (moment && *moment > now && (!next || *moment < *next))
            next = moment;
    };
    for (auto const& key : of.keys) {
        consider(key.life.publish);
        consider(key.life.activate);
        consider(key.life.retiring);
        consider(key.life.retired);
    }
    return next;
}

}  // namespace

void add_key_readings(families& to, core::ring_view const& view)
{
    for (auto const& series : view.all) {
        for (auto const& key : series.keys)
            for (auto const state : key_states)
                to.add<"signet_key_state">(
                    {series.name, key.material->kid, core::to_string(state)},
                    key.state == state ? 1 : 0
                );
        if (auto const moment = next_change(series, view.made_at))
            to.add<"signet_key_next_transition_timestamp_seconds">(
                {series.name}, core::numeric_date(*moment)
            );
    }
}

void add_process_readings(families& to, bool is_dev)
{
    to.add<"signet_build_info">({SIGNET_VERSION}, 1);
    for (auto const& one : core::crypto::algorithm_providers())
        to.add<"signet_crypto_provider_info">({one.algorithm, core::to_string(one.provider)}, 1);
    to.add<"signet_dev_mode">({}, is_dev ? 1 : 0);
    auto const now = read_process_figures();
    to.add<"process_resident_memory_bytes">({}, now.resident_bytes);
    to.add<"process_cpu_seconds_total">({}, now.cpu_seconds);
    to.add<"process_open_fds">({}, now.open_descriptors);
    to.add<"process_start_time_seconds">({}, now.start_time);
}

}  // namespace service
