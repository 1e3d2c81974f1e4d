#include "config/sections/access_policy.hpp"

#include "config/sections/claim_rules.hpp"
#include "config/sections/scope_rules.hpp"
#include "core/policy/original_request.hpp"
#include "core/policy/path_pattern.hpp"

#include <algorithm>

namespace config {
namespace {

constexpr std::size_t exempt_max = 64;  // each request is compared with all of them

/// Methods are compared exactly, and those of HTTP are in capital letters.
void check_methods(map_reader const& item, std::vector<std::string> const& methods)
{
    for (auto const& method : methods) {
        bool const has_small =
            std::ranges::any_of(method, [](char c) { return c >= 'a' && c <= 'z'; });
        if (!core::is_method(method))
            item.error("methods", "`" + method + "` is not a method");
        else if (has_small)
            item.error("methods", "`" + method + "` must be in capital letters");
    }
}

/// One rule; nullopt where its path cannot be used.
std::optional<core::access_rule>
read_rule(reading const& in, node const& value, std::string const& path)
{
    map_reader const item(&value, path, rows::access_rule, in.notes);
    core::access_rule rule;
    item.read_all(rule);
    check_methods(item, rule.methods);
    rule.scopes = read_scopes(in, item);
    rule.claims = read_claim_rules(in, item);
    if (value.is_map() && !item.has("path"))
        item.error("", "needs a `path`, such as /orders/{id}/**");
    if (rule.path.empty())
        return std::nullopt;
    if (auto const why = core::why_unusable(rule.path); !why.empty()) {
        item.error("path", "cannot be used. " + why);
        return std::nullopt;
    }
    return rule;
}

/// What is wrong with a path that is to pass without a token; empty = nothing.
///
/// usable   the paths before it.
std::string why_not_exempt(std::string const& path, std::vector<std::string> const& usable)
{
    if (auto const why = core::why_unusable(path); !why.empty())
        return "cannot be used. " + why;
    if (path.find('{') != std::string::npos)
        return "is neither a path nor a prefix such as /public/**";
    if (path == "/**")
        return "exempts every request";
    auto const same = std::ranges::find_if(usable, [&](std::string const& other) {
        return core::covers(other, path) || core::covers(path, other);
    });
    return same == usable.end() ? "" : "and `" + *same + "` exempt the same requests";
}

std::vector<std::string> read_exempt(map_reader const& item)
{
    std::vector<std::string> paths, usable;
    item.read("exempt", paths);
    if (paths.size() > exempt_max) {
        item.error("exempt", "has more than " + std::to_string(exempt_max) + " paths");
        return {};
    }
    for (auto const& path : paths) {
        if (auto const why = why_not_exempt(path, usable); !why.empty())
            item.error("exempt", "`" + path + "` " + why);
        else
            usable.push_back(path);
    }
    return usable;
}

/// The place of a rule in the file, by its index among the rules that could be read.
using places = std::vector<std::string>;

/// Reports the first rule that no request reaches: an earlier one takes all of its requests, or
/// they are exempt.
void check_reached(
    reading const& in, std::vector<core::access_rule> const& rules, places const& at,
    std::vector<std::string> const& exempt
)
{
    if (auto const hidden = core::shadowed_rule(rules)) {
        auto const& [index, earlier] = *hidden;
        in.notes.error(
            at[index],
            "can never match: " + at[earlier] + " (`" + rules[earlier].path
                + "`) comes before it and takes its requests"
        );
    }
    for (std::size_t i = 0; i < rules.size(); ++i) {
        auto const cover = std::ranges::find_if(exempt, [&](std::string const& path) {
            return core::covers(path, rules[i].path);
        });
        if (cover != exempt.end())
            in.notes.error(at[i], "can never match: `" + *cover + "` is exempt");
    }
}

}  // namespace

core::access_policy read_access_policy(reading const& in, map_reader const& item)
{
    core::access_policy into;
    item.read("allow_cors_preflight", into.allow_cors_preflight);
    into.exempt = read_exempt(item);
    auto const items = items_of(item.find("rules"), item.path_of("rules"), in.notes);
    item.refuse_empty("rules");
    if (items.size() > core::access_rules_max) {
        item.error("rules", "has more than " + std::to_string(core::access_rules_max) + " rules");
        return into;
    }
    std::vector<core::access_rule> rules;
    places at;
    for (auto const& [value, path] : items) {
        if (auto rule = read_rule(in, *value, path)) {
            rules.push_back(std::move(*rule));
            at.push_back(path);
        }
    }
    check_reached(in, rules, at, into.exempt);
    into.rules = core::access_rules(std::move(rules));
    return into;
}

}  // namespace config
