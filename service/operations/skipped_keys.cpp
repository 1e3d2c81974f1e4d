#include "service/operations/skipped_keys.hpp"

#include "core/json/json.hpp"

#include <algorithm>

namespace service {

void append_left_out(core::json::writer& to, core::left_out_key const& one)
{
    to.begin_object();
    if (!one.kid.empty())
        to.member("kid", one.kid);
    if (!one.thumbprint.empty())
        to.member("thumbprint", one.thumbprint);
    to.member("reason", core::to_string(one.reason));
    if (!one.detail.empty())
        to.member("detail", one.detail);
    to.end_object();
}

void append_skipped(core::json::writer& to, std::vector<core::left_out_key> const& skipped)
{
    if (skipped.empty())
        return;
    auto const shown = std::min(skipped.size(), skipped_keys_max);
    to.name("skipped").begin_array();
    for (std::size_t i = 0; i < shown; ++i)
        append_left_out(to, skipped[i]);
    to.end_array();
    if (skipped.size() > shown)
        to.member("skipped_more", static_cast<std::int64_t>(skipped.size() - shown));
}

}  // namespace service
