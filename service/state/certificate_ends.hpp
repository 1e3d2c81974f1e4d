#pragma once

#include "core/base/time.hpp"
#include "service/observe/metric_labels.hpp"

#include <array>
#include <atomic>
#include <optional>

namespace service {

/// When the first of the certificates that each kind of listener shows will end. From any thread.
class certificate_ends {
public:
    void set(listener_kind of, std::optional<core::instant> end) noexcept
    {
        cell(of) = end ? core::unix_seconds(*end) : none;
    }
    /// Returns  nullopt when no listener of that kind has a certificate.
    std::optional<std::int64_t> unix_seconds_of(listener_kind of) const noexcept
    {
        auto const end = cells_[static_cast<std::size_t>(of)].load();
        return end == none ? std::nullopt : std::optional(end);
    }

private:
    static constexpr std::int64_t none = 0;
    std::atomic<std::int64_t>& cell(listener_kind of) noexcept
    {
        return cells_[static_cast<std::size_t>(of)];
    }
    std::array<std::atomic<std::int64_t>, listener_kinds> cells_{};
};

}  // namespace service
