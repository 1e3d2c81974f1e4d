#pragma once

#include "config/values/settings.hpp"
#include "service/callers/caller_book.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace service {

/// What callers keep from one configuration to the next: the meter of each name. Usable from any
/// thread; requests never ask it, they follow the pointers of a caller_book.
class caller_state {
public:
    /// The callers of a configuration, as requests find them. A name that had a meter keeps it;
    /// meters of names that no configuration has and no request uses any more are dropped.
    std::shared_ptr<caller_book const> book_of(config::settings const& from);

    struct figures {
        std::string name;
        std::uint32_t in_flight = 0;
        std::uint64_t over_rate = 0, over_in_flight = 0;  ///< refused since the start
    };
    /// Of every name that a configuration or a request still has, sorted.
    std::vector<figures> all() const;

private:
    using meter_ptr = std::shared_ptr<caller_meter>;

    mutable std::mutex guard_;
    std::map<std::string, meter_ptr, std::less<>> meters_;
    std::size_t next_number_ = 0;  // never used twice: the pool may still work for the last owner
};

}  // namespace service
