#pragma once

#include "core/keys/revoked_keys.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace service {

/// The kids that are revoked, as all threads read them. They only become more.
class revocations {
public:
    using set_ptr = std::shared_ptr<core::revoked_keys const>;

    set_ptr now() const
    {
        std::scoped_lock const lock(guard_);
        return all_;
    }
    /// Changes with the set; cheap enough for every request.
    std::uint64_t generation() const noexcept
    {
        return generation_.load(std::memory_order_acquire);
    }

    /// Adds to the set. A kid that is in it keeps its earliest moment.
    ///
    /// Returns  whether it has changed.
    bool add(core::revoked_keys const& more)
    {
        std::scoped_lock const lock(guard_);
        auto next = *all_;
        bool has_changed = false;
        for (auto const& [kid, at] : more) {
            auto const [known, is_new] = next.emplace(kid, at);
            bool const is_earlier = at < known->second;
            if (is_earlier)
                known->second = at;
            has_changed = has_changed || is_new || is_earlier;
        }
        if (!has_changed)
            return false;
        all_ = std::make_shared<core::revoked_keys const>(std::move(next));
        generation_.fetch_add(1, std::memory_order_release);
        return true;
    }

private:
    mutable std::mutex guard_;
    set_ptr all_ = std::make_shared<core::revoked_keys const>();
    std::atomic<std::uint64_t> generation_{0};
};

}  // namespace service
