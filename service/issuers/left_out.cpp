#include "service/issuers/left_out.hpp"

#include "service/observe/log.hpp"

#include <algorithm>
#include <iterator>

namespace service {
namespace {

constexpr std::size_t skipped_lines_max = 16;

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

using entries = std::vector<core::left_out_key>;

/// Those that are alarming or those that are not, in an order of their own: that of the set says
/// nothing.
entries sorted(entries const& all, bool is_alarming)
{
    entries found;
    std::ranges::copy_if(all, std::back_inserter(found), [=](core::left_out_key const& one) {
        return event_of(one).empty() != is_alarming;
    });
    std::ranges::sort(found);
    return found;
}

void warn(std::string_view issuer, core::left_out_key const& one, core::own_keys const& ours)
{
    bool const is_ours_and_open = one.reason == core::left_out_reason::private_half_published
        && ours.has_thumbprint(one.thumbprint);
    log(is_ours_and_open ? config::log_level::error : config::log_level::warn,
        is_ours_and_open ? "own_private_key_published" : event_of(one),
        {{"issuer", issuer}, {"kid", one.kid}, {"thumbprint", one.thumbprint}});
}

/// A set may have many entries that are not used: the first lines name some of them, the last one
/// counts all.
void note_skipped(std::string_view issuer, entries const& skipped)
{
    for (std::size_t i = 0; i < std::min(skipped.size(), skipped_lines_max); ++i) {
        auto const& one = skipped[i];
        log_info(
            "issuer_key_skipped",
            {{"issuer", issuer},
             {"kid", one.kid},
             {"reason", core::to_string(one.reason)},
             {"detail", own_text{one.detail}}}
        );
    }
    if (skipped.size() > skipped_lines_max || skipped.empty())
        log_info("issuer_keys_skipped", {{"issuer", issuer}, {"keys", skipped.size()}});
}

}  // namespace

void note_left_out(
    std::string_view issuer, entries const& before, entries const& now, core::own_keys const& ours
)
{
    auto const alarming = sorted(now, true);
    if (alarming != sorted(before, true)) {
        for (auto const& one : now) {
            if (!event_of(one).empty())
                warn(issuer, one, ours);
        }
    }
    auto const skipped = sorted(now, false);
    if (skipped != sorted(before, false))
        note_skipped(issuer, skipped);
}

bool gives_secrets_away(std::vector<core::left_out_key> const& left_out) noexcept
{
    return std::ranges::any_of(left_out, [](core::left_out_key const& one) {
        return one.reason == core::left_out_reason::secret
            || one.reason == core::left_out_reason::private_half_published;
    });
}

}  // namespace service
