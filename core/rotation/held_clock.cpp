#include "core/rotation/held_clock.hpp"

#include <algorithm>

namespace core::rotation {

instant held_clock::at(instant wall, uptime up)
{
    if (!wall_) {
        wall_ = wall;
        up_ = up;
    }
    auto const expected = *wall_ + (up - up_);
    auto const distance = wall - expected;
    bool const is_near = distance <= jump_min && distance >= -jump_min;
    // A second jump begins the agreement again.
    bool const has_moved = std::chrono::abs(distance - distance_) > jump_min;
    if (is_near)
        jumped_at_.reset();
    else if (!jumped_at_ || has_moved)
        jumped_at_ = up;
    distance_ = is_near ? std::chrono::milliseconds{0} : distance;
    if (jumped_at_ && up - *jumped_at_ >= agreement) {
        jumped_at_.reset();
        distance_ = std::chrono::milliseconds{0};
    }
    if (!jumped_at_) {
        wall_ = wall;
        up_ = up;
    }
    latest_ = std::max(latest_, jumped_at_ ? expected : wall);
    return latest_;
}

}  // namespace core::rotation
