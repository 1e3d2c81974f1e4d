#pragma once

#include "core/base/time.hpp"

#include <algorithm>

namespace core {

/// Allows `burst` calls at once, and then one per interval. An interval begins when a call has
/// ended, not when it began, and ends after its last millisecond. So the callee sees at most
/// `burst` calls in any period as long as the interval, both ends included, however slow the
/// network is.
class token_bucket {
public:
    token_bucket(unsigned burst, std::chrono::milliseconds interval)
        : burst_(burst), interval_(interval), tokens_(burst)
    {
    }

    bool has(uptime now)
    {
        refill(now);
        return tokens_ != 0;
    }
    /// From when there is a token, unless one is taken meanwhile; long ago when there is one.
    uptime next_at() const
    {
        return tokens_ != 0 ? uptime{} : resting_since_ + interval_ + std::chrono::milliseconds(1);
    }
    /// Takes a token if there is one.
    bool take(uptime now)
    {
        if (!has(now))
            return false;
        --tokens_;
        resting_since_ = std::max(resting_since_, now);
        return true;
    }
    /// Reports that the call for which a token was taken has ended.
    void settle(uptime now)
    {
        refill(now);
        resting_since_ = std::max(resting_since_, now);
    }

private:
    void refill(uptime now)
    {
        if (now - resting_since_ <= interval_)
            return;
        auto const due = (now - resting_since_ - std::chrono::milliseconds(1)) / interval_;
        tokens_ = static_cast<unsigned>(std::min<std::int64_t>(burst_, tokens_ + due));
        resting_since_ += due * interval_;
    }

    unsigned burst_;
    std::chrono::milliseconds interval_;
    unsigned tokens_;
    uptime resting_since_{};
};

}  // namespace core
