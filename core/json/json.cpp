#include "core/json/json.hpp"

#include "core/base/utf8.hpp"

#include <charconv>
#include <cstring>

namespace core::json {

bool value::boolean() const noexcept
{
    return is_boolean() && text() == "true";
}

double value::number() const noexcept
{
    double parsed = 0;
    if (is_number())
        std::from_chars(text().data(), text().data() + text().size(), parsed);
    return parsed;
}

std::optional<std::int64_t> value::integer() const noexcept
{
    std::int64_t parsed = 0;
    auto const source = text();
    auto const [end, ec] = std::from_chars(source.data(), source.data() + source.size(), parsed);
    if (!is_number() || ec != std::errc{} || end != source.data() + source.size())
        return std::nullopt;
    return parsed;
}

/// Looked at often: names are compared by their sizes first, and no value is made of the others.
std::optional<value> value::find(std::string_view name) const noexcept
{
    auto const& of = *owner_;
    auto const& self = of.node_at(index_);
    if (self.kind != kind::object)
        return std::nullopt;
    for (auto child = index_ + 1; child < self.next; child = of.node_at(child).next) {
        auto const& one = of.node_at(child);
        if (one.name.size == name.size() && of.at(one.name, one.name_unescaped) == name)
            return value(of, child);
    }
    return std::nullopt;
}

namespace {

constexpr std::string_view hex = "0123456789abcdef";

/// Whether a sequence of UTF-8 is a character that is not seen but changes how a terminal or a
/// viewer shows what is around it: C1 controls, line separators, marks of direction and of width.
/// Returns  its code point; 0 = it is not.
unsigned unseen(std::string_view sequence) noexcept
{
    auto const at = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
    unsigned point = 0;
    if (sequence.size() == 2)
        point = (at(0) & 0x1fU) << 6U | (at(1) & 0x3fU);
    else if (sequence.size() == 3)
        point = (at(0) & 0x0fU) << 12U | (at(1) & 0x3fU) << 6U | (at(2) & 0x3fU);
    auto const is_in = [&](unsigned first, unsigned last) {
        return point >= first && point <= last;
    };
    return is_in(0x80, 0x9f) || is_in(0x200b, 0x200f) || is_in(0x2028, 0x202e)
            || is_in(0x2060, 0x206f) || point == 0xfeff
        ? point
        : 0;
}

/// How many characters at the start are written as they are, counted in steps of eight.
std::size_t plain_prefix(std::string_view text) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101U, high_bits = ones * 0x80U;
    auto const zero_octets = [](std::uint64_t eight) { return (eight - ones) & ~eight; };
    std::size_t size = 0;
    for (std::uint64_t eight = 0; size + sizeof eight <= text.size(); size += sizeof eight) {
        std::memcpy(&eight, text.data() + size, sizeof eight);
        auto const controls = (eight - ones * 0x20U) & ~eight;
        auto const special = controls | zero_octets(eight ^ ones * 0x7fU)
            | zero_octets(eight ^ ones * '"') | zero_octets(eight ^ ones * '\\') | eight;
        if ((special & high_bits) != 0)
            break;
    }
    return size;
}

void append_escaped(std::string& out, unsigned point)
{
    out.append("\\u");
    for (unsigned shift = 16; shift != 0; shift -= 4)
        out.push_back(hex[point >> (shift - 4) & 0x0fU]);
}

}  // namespace

void append_string(std::string& out, std::string_view text)
{
    out.push_back('"');
    for (std::size_t i = 0; i < text.size();) {
        if (auto const plain = plain_prefix(text.substr(i)); plain != 0) {
            out.append(text, i, plain);
            i += plain;
            continue;
        }
        auto const c = static_cast<unsigned char>(text[i]);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(text[i++]);
        } else if (c < 0x20 || c == 0x7f) {
            out.append("\\u00");
            out.push_back(hex[c >> 4U]);
            out.push_back(hex[c & 0x0fU]);
            ++i;
        } else if (c < 0x80) {
            out.push_back(text[i++]);
        } else if (auto const size = utf8::sequence_size(text.substr(i)); size != 0) {
            auto const sequence = text.substr(i, size);
            if (auto const point = unseen(sequence); point != 0)
                append_escaped(out, point);
            else
                out.append(sequence);
            i += size;
        } else {
            out.append("\xef\xbf\xbd");
            ++i;
        }
    }
    out.push_back('"');
}

std::size_t string_size(std::string_view text) noexcept
{
    std::size_t size = text.size() + 2;
    for (char const c : text) {
        if (c == '"' || c == '\\')
            size += 1;
        else if (static_cast<unsigned char>(c) >= 0xc0)
            size += 4;  // a sequence may be escaped
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            size += 5;
    }
    return size;
}

void writer::separate()
{
    if (!first_ && !after_name_)
        out_.push_back(',');
    first_ = false;
    after_name_ = false;
}

writer& writer::open(char bracket)
{
    separate();
    out_.push_back(bracket);
    first_ = true;
    return *this;
}

writer& writer::close(char bracket)
{
    out_.push_back(bracket);
    first_ = false;
    return *this;
}

writer& writer::name(std::string_view member)
{
    separate();
    append_string(out_, member);
    out_.push_back(':');
    after_name_ = true;
    return *this;
}

writer& writer::string(std::string_view text)
{
    separate();
    append_string(out_, text);
    return *this;
}

writer& writer::number(std::int64_t value)
{
    return raw(std::to_string(value));
}

writer& writer::boolean(bool value)
{
    return raw(value ? "true" : "false");
}

writer& writer::null()
{
    return raw("null");
}

writer& writer::raw(std::string_view json_text)
{
    separate();
    out_.append(json_text);
    return *this;
}

}  // namespace core::json
