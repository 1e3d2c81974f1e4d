#include "service/callers/work_for.hpp"

#include "service/callers/caller_auth.hpp"

namespace service {

work_origin strangers_work(peer const* from) noexcept
{
    auto const group = from == nullptr ? peer_group{} : from->group;
    return work_origin::of_stranger({static_cast<std::uint8_t>(group.of), group.bits});
}

work_origin work_for(credentials const& by, config::settings const& settings)
{
    if (settings.dev)
        return work_origin::of_anybody();
    auto const* const who = known_caller(by, settings);
    if (who == nullptr)
        return strangers_work(by.from);
    return work_origin::of_caller(static_cast<std::size_t>(who - settings.callers.data()));
}

}  // namespace service
