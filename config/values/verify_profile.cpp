#include "config/values/verify_profile.hpp"

#include <algorithm>

namespace config {

bool verify_profile::needs_original_request() const noexcept
{
    // A cookie is only taken with the origin of the original request, or with a safe method.
    return access.reads_requests()
        || std::ranges::any_of(token_sources, [](token_source const& one) {
               return one.from != token_source::kind::header;
           });
}

}  // namespace config
