#include "core/jwt/claim_rules.hpp"

#include "core/json/json_equal.hpp"
#include "core/jwt/claim_text.hpp"

#include <algorithm>

namespace core {
namespace {

/// A value that a rule asks for. Its text is parsed only when comparing texts cannot decide.
class wanted_value {
public:
    explicit wanted_value(std::string_view text) : text_(text) {}

    bool is(json::value found)
    {
        if (found.text() == text_)
            return true;
        if (is_plain_string())
            return found.is_string() && found.string() == text_.substr(1, text_.size() - 2);
        if (!read_)
            read_ = json::document::parse(std::string(text_));
        return *read_ && json_equal(found, (*read_)->root());
    }

private:
    /// Whether it is a string without escapes and without space around it.
    bool is_plain_string() const
    {
        return text_.starts_with('"') && text_.find_first_of("\"\\", 1) == text_.size() - 1
            && text_.ends_with('"');
    }

    std::string_view text_;
    std::optional<result<json::document>> read_;
};

bool is_value(json::value found, std::string_view text)
{
    return wanted_value(text).is(found);
}

bool has_element(json::value array, std::string_view text)
{
    wanted_value wanted(text);
    return std::any_of(array.begin(), array.end(), [&](json::value one) { return wanted.is(one); });
}

bool holds(claim_rule const& rule, json::value found)
{
    auto const& values = rule.values;
    switch (rule.is) {
    case claim_rule::kind::equals: return values.size() == 1 && is_value(found, values.front());
    case claim_rule::kind::one_of:
        return std::ranges::any_of(values, [&](auto const& one) { return is_value(found, one); });
    case claim_rule::kind::contains:
        return found.is_array() && !values.empty()
            && std::ranges::all_of(values, [&](auto const& one) {
                   return has_element(found, one);
               });
    }
    return false;
}

}  // namespace

result<void> check_claim_rules(json::value claims, std::span<claim_rule const> rules)
{
    for (auto const& rule : rules) {
        auto const found = find_claim(claims, rule.claim);
        if (!found)
            return failure::of_claim(errc::claim_missing, rule.claim, fault::missing);
        if (!holds(rule, *found))
            return failure::of_claim(errc::claim_invalid, rule.claim, fault::check_failed);
    }
    return {};
}

std::size_t entries_of_text(std::string_view json)
{
    return 1 + (json.find('{') == std::string_view::npos ? 0 : json.size() / 8);
}

std::size_t entries_of(std::span<claim_rule const> rules)
{
    std::size_t count = 0;
    for (auto const& rule : rules)
        for (auto const& text : rule.values)
            count += entries_of_text(text);
    return count;
}

}  // namespace core
