#pragma once

#include "service/observe/metrics.hpp"
#include "service/observe/refusal_log.hpp"

#include <string_view>

namespace service {

/// Who is told how something ended, and by which request. They outlive the request.
struct observers {
    metrics& counters;
    refusal_log* refusals = nullptr;  ///< null = there is no log, as on the command line
    std::string_view request_id{};

    void tell(refusal const& what) const
    {
        if (refusals != nullptr)
            refusals->tell(what);
    }
};

}  // namespace service
