#pragma once

#include "config/values/settings.hpp"
#include "core/algorithms/encryption_algorithm.hpp"
#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/error.hpp"
#include "core/keys/key_ring.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
struct MetricFamily;
}

namespace service {

/// How an operation ended: nullopt = ok.
using outcome = std::optional<core::errc>;

/// The kinds of listeners: over TCP and on Unix sockets for data, admin, probes.
enum class listener_kind : std::uint8_t { data, unix_socket, admin, probes };
inline constexpr std::size_t listener_kinds = 4;
std::string_view to_string(listener_kind kind) noexcept;

/// Why a connection is not served: its listener or its peer has as many as it may, or there are too
/// few descriptors.
enum class connection_refusal : std::uint8_t { limit, address, descriptors };
inline constexpr std::size_t connection_refusals = 3;
std::string_view to_string(connection_refusal why) noexcept;

/// Every metric that Signet has, by name in one place. Cells are plain atomics, found by index:
/// nothing is looked up by label while a request runs. Labels come from the configuration or from
/// fixed tables only; what is neither is `other`.
class metrics {
public:
    metrics(config::settings const& from, std::vector<std::string_view> route_names);
    ~metrics();
    metrics(metrics const&) = delete;
    metrics& operator=(metrics const&) = delete;

    /// Indices for the counters below; what is not configured (inline keys, no issuer yet) is
    /// `other`. Resolve them once, at start, where you can.
    unsigned profile_index(std::string_view verify_profile) const noexcept;
    unsigned issuer_index(std::string_view issuer_name
    ) const noexcept;  ///< "self", an issuer or a series
    unsigned key_index(std::string_view series) const noexcept;
    static constexpr unsigned other = 0;

    void count_verify(unsigned profile, unsigned issuer, outcome how) noexcept;
    /// A token that was accepted with keys beyond their ttl.
    void count_stale_served(unsigned issuer) noexcept;
    void count_sign(unsigned key, outcome how) noexcept;
    void count_encrypt(unsigned key, outcome how) noexcept;
    void count_decrypt(unsigned key, outcome how) noexcept;
    void time_verify(core::signature_algorithm const& row, std::chrono::nanoseconds took) noexcept;
    void time_sign(core::signature_algorithm const& row, std::chrono::nanoseconds took) noexcept;
    void
    time_encrypt(core::key_management_algorithm const& row, std::chrono::nanoseconds took) noexcept;
    void
    time_decrypt(core::key_management_algorithm const& row, std::chrono::nanoseconds took) noexcept;
    void count_http(unsigned route, unsigned status, std::chrono::nanoseconds took) noexcept;
    void count_connection(listener_kind of, int change) noexcept;
    void count_refused(listener_kind of, connection_refusal why) noexcept;
    std::int64_t connections(listener_kind of) const noexcept;

    /// The Prometheus text format. `view` gives the key states, `more` appends further families.
    using more_families = std::function<void(std::vector<prometheus::MetricFamily>&)>;
    std::string text(core::ring_view const& view, more_families const& more = {}) const;

private:
    struct cells;
    std::unique_ptr<cells> cells_;
};

}  // namespace service
