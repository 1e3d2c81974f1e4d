#include "service/callers/work_for.hpp"

namespace service {

work_origin strangers_work(peer const* from) noexcept
{
    auto const group = from == nullptr ? peer_group{} : from->group;
    return work_origin::of_stranger({static_cast<std::uint8_t>(group.of), group.bits});
}

work_origin work_for(identity const& by) noexcept
{
    if (by.is_anybody())
        return work_origin::of_anybody();
    auto const* const who = by.who();
    return who == nullptr ? strangers_work(by.from())
                          : work_origin::of_caller(who->meter->number());
}

}  // namespace service
