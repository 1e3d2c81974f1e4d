#include "core/policy/access_rules.hpp"

#include "core/base/contains.hpp"
#include "core/policy/path_pattern.hpp"
#include "core/policy/path_segments.hpp"

namespace core {
namespace {

bool takes_method(access_rule const& rule, std::string_view method)
{
    return rule.methods.empty() || contains(rule.methods, method);
}

using rule_list = std::span<access_rule const>;

/// The first rule that takes every request to the paths of another one, by one method.
///
/// method   null = by any method.
std::optional<std::size_t>
coverer(rule_list rules, std::string_view path, std::string const* method)
{
    for (std::size_t i = 0; i < rules.size(); ++i) {
        auto const& one = rules[i];
        bool const fits = method != nullptr ? takes_method(one, *method) : one.methods.empty();
        if (fits && covers(one.path, path))
            return i;
    }
    return std::nullopt;
}

/// The earlier rule that takes requests of a rule whose requests are all taken by earlier ones.
std::optional<std::size_t> shadow_of(access_rule const& rule, rule_list earlier)
{
    if (rule.methods.empty())
        return coverer(earlier, rule.path, nullptr);
    std::optional<std::size_t> found;
    for (auto const& method : rule.methods) {
        found = coverer(earlier, rule.path, &method);
        if (!found)
            return std::nullopt;
    }
    return found;
}

}  // namespace

access_rules::access_rules(std::vector<access_rule> all) : all_(std::move(all))
{
    for (std::size_t i = 0; i < all_.size(); ++i)
        paths_.add(all_[i].path, static_cast<path_tree::number>(i));
}

access_rule const* access_rules::match(std::string_view method, std::string_view path) const
{
    std::string memory;
    auto const decoded = decoded_path(path, memory);
    if (!decoded)
        return nullptr;
    auto const found = paths_.lowest(*decoded, [&](path_tree::number one) {
        return takes_method(all_[one], method);
    });
    return found == path_tree::none ? nullptr : &all_[found];
}

std::optional<std::pair<std::size_t, std::size_t>> shadowed_rule(std::span<access_rule const> all)
{
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (auto const shadow = shadow_of(all[i], all.first(i)))
            return std::pair{i, *shadow};
    }
    return std::nullopt;
}

}  // namespace core
