// Targets of original requests, and patterns: an accepted path has one reading after it was decoded,
// the tree of rules says what each pattern says, and a rule that is called shadowed decides nothing.
#include "core/policy/access_rules.hpp"
#include "core/policy/original_request.hpp"
#include "core/policy/path_pattern.hpp"
#include "core/policy/path_segments.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

void demand(bool holds)
{
    if (!holds)
        std::abort();
}

bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

/// Written without the helpers of core/policy: the property, not the code.
void demand_one_reading(std::string_view path)
{
    demand(path.starts_with('/') && !has(path, "//") && !has(path, "\\") && !has(path, ";"));
    demand(std::ranges::none_of(path, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }));
    for (auto const* dots : {"/./", "/../"})
        demand(!has(path, dots));
    for (auto const* dots : {"/.", "/.."})
        demand(!path.ends_with(dots));
}

core::access_rules rules_of(std::vector<std::string> const& patterns)
{
    std::vector<core::access_rule> rules;
    for (auto const& pattern : patterns)
        rules.emplace_back().path = pattern;
    return core::access_rules(std::move(rules));
}

void demand_first_match(std::vector<std::string> const& patterns, std::string_view path)
{
    auto const rules = rules_of(patterns);
    auto const* const found = rules.match("GET", path);
    std::string memory;
    auto const decoded = core::decoded_path(path, memory);
    demand(decoded.has_value());
    auto const expected = std::ranges::find_if(patterns, [&](std::string const& pattern) {
        return core::matches(pattern, *decoded);
    });
    auto const at = static_cast<std::size_t>(expected - patterns.begin());
    demand(found == (at == patterns.size() ? nullptr : &rules.all()[at]));
    if (auto const shadowed = core::shadowed_rule(rules.all()))
        demand(shadowed->second < shadowed->first && shadowed->first != at);
}

}  // namespace

/// One target, then patterns, each on a line of its own.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view text(reinterpret_cast<char const*>(data), size);
    auto const take_line = [&] {
        auto const line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        return line;
    };
    auto const target = take_line();
    (void)core::is_method(target);
    core::original_request request;
    if (!core::read_target(target, request))
        return 0;
    std::string memory;
    demand_one_reading(core::decoded_path(request.path, memory).value());
    std::vector<std::string> patterns;
    while (!text.empty() && patterns.size() < 64) {
        if (auto const line = take_line(); core::why_unusable(line).empty())
            patterns.emplace_back(line);
    }
    demand_first_match(patterns, request.path);
    return 0;
}
