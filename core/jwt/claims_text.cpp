#include "core/jwt/claims_text.hpp"

#include <algorithm>
#include <charconv>
#include <span>

namespace core {

claims_text::claims_text(json::value claims, std::size_t more) : has_members_(claims.size() != 0)
{
    auto own = claims.text();
    text_.reserve(own.size() + more);
    own.remove_suffix(1);  // the closing brace: an object's text ends with it
    text_.append(own);
}

void claims_text::add(std::string_view name, std::int64_t value)
{
    std::array<char, 24> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    begin(name);
    text_.append(digits.data(), end);
}

void claims_text::add(std::string_view name, std::string_view value)
{
    begin(name);
    json::append_string(text_, value);
}

bool claims_text::add_forced(std::string_view name, std::string_view json_text)
{
    auto const added = std::span(added_).first(count_);
    if (std::ranges::find(added, name) != added.end())
        return false;
    separate();
    json::append_string(text_, name);
    text_.push_back(':');
    text_.append(json_text);
    return true;
}

std::string claims_text::take()
{
    text_.push_back('}');
    return std::move(text_);
}

void claims_text::separate()
{
    if (has_members_)
        text_.push_back(',');
    has_members_ = true;
}

void claims_text::begin(std::string_view name)
{
    added_.at(count_++) = name;
    separate();
    text_.push_back('"');
    text_.append(name);
    text_.append("\":");
}

}  // namespace core
