#include "service/state/caller_state.hpp"

namespace service {

std::shared_ptr<caller_book const> caller_state::book_of(config::settings const& from)
{
    std::vector<caller_ptr> all;
    std::scoped_lock const lock(guard_);
    for (auto const& one : from.callers) {
        auto& meter = meters_[one.name];
        if (!meter)
            meter = std::make_shared<caller_meter>(next_number_++);
        all.push_back(std::make_shared<known_caller const>(known_caller{one, meter}));
    }
    std::erase_if(meters_, [](auto const& one) { return one.second.use_count() == 1; });
    return std::make_shared<caller_book const>(std::move(all), from.dev);
}

std::vector<caller_state::figures> caller_state::all() const
{
    std::vector<figures> made;
    std::scoped_lock const lock(guard_);
    for (auto const& [name, meter] : meters_) {
        if (meter.use_count() == 1)  // of nobody any more; the next book drops it
            continue;
        made.push_back(
            {name, meter->in_flight(), meter->refused(caller_excess::rate),
             meter->refused(caller_excess::in_flight)}
        );
    }
    return made;
}

}  // namespace service
