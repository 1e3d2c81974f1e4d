#include "service/endpoints/gateways/mapped_headers.hpp"

#include "core/jwt/scope_rules.hpp"

namespace service {
namespace {

/// Returns  false for what the header cannot carry.
bool append_value(std::string& to, config::header_mapping const& by, core::json::value claims)
{
    if (by.is_scopes)
        return core::append_scope_text(to, claims);
    auto const claim = core::find_claim(claims, by.claim);
    return !claim || core::append_claim_text(to, *claim, by.style);
}

}  // namespace

core::result<http::header_lines> mapped_headers(
    std::span<config::header_mapping const> mappings, core::json::value claims,
    std::string_view& unfit
)
{
    http::header_lines lines;
    for (auto const& one : mappings) {
        auto const write = [&](std::string& to) { return append_value(to, one, claims); };
        if (!lines.add_written(one.header, write)) {
            unfit = one.header;
            return core::errc::claim_invalid;
        }
    }
    return lines;
}

http::header_lines empty_headers(std::span<config::header_mapping const> mappings)
{
    http::header_lines lines;
    for (auto const& one : mappings)
        lines.add(one.header, "");
    return lines;
}

}  // namespace service
