#include "config/tree/to_json.hpp"

#include "core/json/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace config {
namespace {

using core::json::writer;

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> words)
{
    return std::ranges::find(words, text) != words.end();
}

bool are_digits(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// A decimal integer of any size, as JSON writes it (no plus, no zeros in front).
std::optional<std::string> decimal(std::string_view text)
{
    bool const is_negative = text.starts_with('-');
    auto digits = text.substr(text.starts_with('-') || text.starts_with('+') ? 1 : 0);
    if (!are_digits(digits))
        return std::nullopt;
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
    return (is_negative && digits != "0" ? "-" : "") + std::string(digits);
}

/// 0o17 and 0x1f
std::optional<std::string> based(std::string_view text)
{
    int const base = text.starts_with("0o") ? 8 : text.starts_with("0x") ? 16 : 0;
    if (base == 0 || text.size() == 2)
        return std::nullopt;
    std::uint64_t value = 0;
    auto const [end, error] =
        std::from_chars(text.data() + 2, text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return std::to_string(value);
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
std::optional<std::string> fraction(std::string_view text)
{
    if (text.starts_with('+'))
        text.remove_prefix(1);
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.find_first_not_of("0123456789.eE+-") != std::string_view::npos
        || error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    std::array<char, 32> shortest{};
    auto const written = std::to_chars(shortest.data(), shortest.data() + shortest.size(), value);
    return std::string(shortest.data(), written.ptr);
}

bool write_plain(writer& out, std::string_view text)
{
    if (is_any_of(text, {"true", "True", "TRUE"}))
        out.boolean(true);
    else if (is_any_of(text, {"false", "False", "FALSE"}))
        out.boolean(false);
    else if (auto const number = decimal(text))
        out.raw(*number);
    else if (auto const other = based(text))
        out.raw(*other);
    else if (auto const real = fraction(text))
        out.raw(*real);
    else {
        auto const unsigned_text = text.substr(text.starts_with('-') || text.starts_with('+'));
        if (is_any_of(unsigned_text, {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"}))
            return false;
        out.string(text);
    }
    return true;
}

bool write(writer& out, node const& value)
{
    auto const write_child = [&](node const& child) {
        if (value.is_map())
            out.name(child.name);
        return write(out, child);
    };
    switch (value.kind) {
    case node_kind::null: out.null(); return true;
    case node_kind::text:
        if (value.plain)
            return write_plain(out, value.text);
        out.string(value.text);
        return true;
    case node_kind::list: {
        out.begin_array();
        bool const good = std::ranges::all_of(value.children, write_child);
        out.end_array();
        return good;
    }
    case node_kind::map: {
        out.begin_object();
        bool const good = std::ranges::all_of(value.children, write_child);
        out.end_object();
        return good;
    }
    }
    return false;
}

}  // namespace

std::optional<std::string> to_json(node const& value)
{
    std::string text;
    writer out(text);
    if (!write(out, value))
        return std::nullopt;
    return text;
}

}  // namespace config
