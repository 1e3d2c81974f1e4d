#pragma once

#include "core/base/time.hpp"
#include "core/issuers/bad_signatures.hpp"
#include "core/keys/jwk_set.hpp"
#include "service/observe/metric_labels.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace service {

class issuer_counters;

/// Tells every thread whether it is worth asking the thread that owns an issuer's keys about a bad
/// signature. It takes no lock and no memory, so a flood of bad signatures costs what it cost when
/// nobody asked. The owner decides again: this may be a moment behind.
class signature_gate {
public:
    /// counters  of the configuration that has the issuer at this index: the gate counts those
    ///           that it turns away.
    signature_gate(std::shared_ptr<issuer_counters> counters, std::size_t issuer)
        : counters_(std::move(counters)), issuer_(issuer)
    {
    }

    /// Whether the owner should be asked. From any thread.
    ///
    /// tried      the keys that do not verify the token.
    /// signature  of the token: see core::bad_signatures.
    bool admits(core::jwk_set const* tried, std::uint64_t signature, core::uptime now) noexcept;

    /// What the owner knows now.
    struct state {
        core::jwk_set const* keys = nullptr;  ///< in use; only compared
        core::uptime opens_at{};              ///< when a fetch may be made for a bad signature
        bool is_full = false;                 ///< as many tokens wait as may
    };
    /// Only the owner calls this.
    void tell(state const& now, core::bad_signatures const& refused) noexcept;

private:
    std::optional<miss_outcome>
    refusal(core::jwk_set const* tried, std::uint64_t signature, core::uptime now) const noexcept;

    std::shared_ptr<issuer_counters> counters_;
    std::size_t issuer_;
    std::atomic<core::jwk_set const*> keys_{nullptr};
    std::atomic<core::uptime::rep> opens_at_{0};
    std::atomic<bool> is_full_{false};
    std::array<std::atomic<std::uint64_t>, core::bad_signatures::places> refused_{};
};

}  // namespace service
