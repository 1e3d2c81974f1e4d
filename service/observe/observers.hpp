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
    std::string_view traceparent{};

    void tell(refusal what) const
    {
        if (refusals == nullptr)
            return;
        what.traceparent = traceparent;
        refusals->tell(what);
    }
};

}  // namespace service
