#include "service/issuers/left_out.hpp"

#include "service/observe/log.hpp"

#include <algorithm>
#include <iterator>

namespace service {
namespace {

/// The log event for it; empty for what is not worth a warning.
std::string_view event_of(core::left_out_key const& one)
{
    switch (one.reason) {
    case core::left_out_reason::private_half_published: return "issuer_private_key_published";
    case core::left_out_reason::own_key: return "own_key_in_foreign_set";
    case core::left_out_reason::unusable:
    case core::left_out_reason::secret:
    case core::left_out_reason::kid_repeated: return {};
    }
    return {};
}

std::vector<core::left_out_key> alarming(std::vector<core::left_out_key> const& all)
{
    std::vector<core::left_out_key> found;
    std::ranges::copy_if(all, std::back_inserter(found), [](core::left_out_key const& one) {
        return !event_of(one).empty();
    });
    return found;
}

}  // namespace

void warn_of_left_out(
    std::string_view issuer, std::vector<core::left_out_key> const& before,
    std::vector<core::left_out_key> const& now, core::own_keys const& ours
)
{
    auto const found = alarming(now);
    if (found == alarming(before))
        return;
    for (auto const& one : found) {
        bool const is_ours_and_open = one.reason == core::left_out_reason::private_half_published
            && ours.has_thumbprint(one.thumbprint);
        log(is_ours_and_open ? config::log_level::error : config::log_level::warn,
            is_ours_and_open ? "own_private_key_published" : event_of(one),
            {{"issuer", issuer}, {"kid", one.kid}, {"thumbprint", one.thumbprint}});
    }
}

bool gives_secrets_away(std::vector<core::left_out_key> const& left_out) noexcept
{
    return std::ranges::any_of(left_out, [](core::left_out_key const& one) {
        return one.reason == core::left_out_reason::secret
            || one.reason == core::left_out_reason::private_half_published;
    });
}

}  // namespace service
