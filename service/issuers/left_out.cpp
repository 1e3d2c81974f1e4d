#include "service/issuers/left_out.hpp"

#include "service/log.hpp"

#include <algorithm>
#include <iterator>

namespace service {
namespace {

std::vector<core::left_out_key> compromised(std::vector<core::left_out_key> const& all)
{
    std::vector<core::left_out_key> found;
    std::ranges::copy_if(all, std::back_inserter(found), [](core::left_out_key const& one) {
        return one.reason == core::left_out_reason::private_half_published;
    });
    return found;
}

}  // namespace

void warn_of_published_private_halves(
    std::string_view issuer, std::vector<core::left_out_key> const& before,
    std::vector<core::left_out_key> const& now
)
{
    auto const found = compromised(now);
    if (found == compromised(before))
        return;
    for (auto const& one : found)
        log_warn(
            "issuer_private_key_published",
            {{"issuer", issuer}, {"kid", one.kid}, {"thumbprint", one.thumbprint}}
        );
}

}  // namespace service
