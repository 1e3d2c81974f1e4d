#include "core/jwt/scope_rules.hpp"

#include <algorithm>

namespace core {
namespace {

/// Takes the text up to the next space, which may be empty, off a list of scopes.
std::string_view take_scope(std::string_view& rest)
{
    auto const space = std::min(rest.find(' '), rest.size());
    auto const scope = rest.substr(0, space);
    rest.remove_prefix(std::min(space + 1, rest.size()));
    return scope;
}

/// RFC 6749 section 3.3: "scope-token = 1*( %x21 / %x23-5B / %x5D-7E )"; quote and backslash are
/// let through, because they do no harm in a header.
bool is_visible(std::string_view scope)
{
    return std::ranges::all_of(scope, [](char c) { return c > 0x20 && c < 0x7f; });
}

/// Appends scopes one by one, with a space between them.
class scope_joiner {
public:
    explicit scope_joiner(std::string& out) : out_(out), begin_(out.size()) {}

    bool add(std::string_view scope)
    {
        if (!scope.empty() && out_.size() != begin_)
            out_.push_back(' ');
        out_.append(scope);
        return is_visible(scope);
    }

private:
    std::string& out_;
    std::size_t begin_;
};

}  // namespace

std::optional<json::value> scope_claim(json::value claims)
{
    auto const scope = claims.find("scope");
    return scope ? scope : claims.find("scp");
}

bool grants(json::value granted, std::string_view scope)
{
    if (granted.is_array())
        return std::any_of(granted.begin(), granted.end(), [&](json::value one) {
            return one.is_string() && one.string() == scope;
        });
    for (auto rest = granted.string(); !rest.empty();) {
        if (take_scope(rest) == scope)
            return true;
    }
    return false;
}

bool grants(json::value granted, std::span<std::string const> all, std::span<std::string const> any)
{
    auto const is_granted = [&](std::string const& scope) { return grants(granted, scope); };
    return std::ranges::all_of(all, is_granted)
        && (any.empty() || std::ranges::any_of(any, is_granted));
}

bool admits(scope_rule const& asked, json::value claims)
{
    if (asked.empty())
        return true;
    auto const granted = scope_claim(claims);
    return granted && grants(*granted, asked.all, asked.any);
}

bool append_scope_text(std::string& out, json::value claims)
{
    auto const granted = scope_claim(claims);
    if (!granted || granted->is_null())
        return true;
    scope_joiner joined(out);
    if (granted->is_array())
        return std::all_of(granted->begin(), granted->end(), [&](json::value one) {
            return one.is_string() && joined.add(one.string());
        });
    for (auto rest = granted->string(); !rest.empty();) {
        if (!joined.add(take_scope(rest)))
            return false;
    }
    return granted->is_string();
}

std::optional<std::string> scope_text(json::value claims)
{
    std::string text;
    if (!append_scope_text(text, claims))
        return std::nullopt;
    return text;
}

}  // namespace core
