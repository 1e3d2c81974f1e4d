#include "service/endpoints/gateways/name_likeness.hpp"

#include "core/base/ascii.hpp"

namespace service {
namespace {

int digit_of(char c) noexcept
{
    auto const lower = core::ascii_lower(c);
    if (lower >= '0' && lower <= '9')
        return lower - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

char take_as_sent(std::string_view& text)
{
    auto const c = text.front();
    text.remove_prefix(1);
    return c;
}

/// Takes one character, decoded as applications decode parameters.
char take_decoded(std::string_view& text)
{
    auto const high = text.size() > 2 && text[0] == '%' ? digit_of(text[1]) : -1;
    auto const low = high >= 0 ? digit_of(text[2]) : -1;
    if (low < 0) {
        auto const c = take_as_sent(text);
        return c == '+' ? ' ' : c;
    }
    text.remove_prefix(3);
    return static_cast<char>(high * 16 + low);
}

/// One of the characters that PHP makes '_' of, as '_'; letters without their case, as ASP.NET.
char folded(char c) noexcept
{
    return c == ' ' || c == '.' || c == '[' ? '_' : core::ascii_lower(c);
}

/// take     the next character of `sent`, which has one.
template <class Take> likeness likeness_of(std::string_view sent, std::string_view name, Take take)
{
    if (name.empty())
        return likeness::none;
    bool is_same = true, is_begun = false;
    while (!sent.empty()) {
        auto const c = take(sent);
        bool const is_outer = c == ' ' || c == '[' || c == ']';
        if (!is_begun && is_outer && c != name.front()) {
            is_same = false;
            continue;
        }
        is_begun = true;
        if (name.empty())
            return c == '[' || c == ']' || c == '\0' ? likeness::alike : likeness::none;
        if (folded(c) != folded(name.front()))
            return likeness::none;
        is_same = is_same && c == name.front();
        name.remove_prefix(1);
    }
    if (!name.empty())
        return likeness::none;
    return is_same ? likeness::same : likeness::alike;
}

}  // namespace

likeness likeness_of_parameter(std::string_view sent, std::string_view name)
{
    return likeness_of(sent, name, take_decoded);
}

likeness likeness_of_cookie(std::string_view sent, std::string_view name)
{
    return likeness_of(sent, name, take_as_sent);
}

}  // namespace service
