#include "service/runtime/crowding.hpp"

namespace service {

void crowding::came(bool is_late, time_point now)
{
    if (now - since_ >= period)
        end_period(now);
    ++came_;
    if (is_late)
        until_ = now + calm;
}

/// Compares what came with what was begun. After a pause nothing is known about the period before.
void crowding::end_period(time_point now)
{
    bool const is_next = now - since_ < 2 * period;
    bool const is_too_much = is_next && came_ > began_ + began_ / 2 + few;
    if (is_too_much && was_too_much_)
        until_ = now + calm;
    was_too_much_ = is_too_much;
    came_ = began_ = 0;
    since_ = now;
}

}  // namespace service
