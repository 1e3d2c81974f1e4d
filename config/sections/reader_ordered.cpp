#include "config/sections/reader.hpp"
#include "config/tree/scalars.hpp"
#include "config/tree/suggest.hpp"

#include <algorithm>

/// Reading values that have an order: they have a range, and a variable may only lower them.
namespace config {
namespace {

std::string between(std::string const& min, std::string const& max)
{
    return "must be from " + min + " to " + max;
}

milliseconds as_duration(std::uint64_t count)
{
    return milliseconds{static_cast<milliseconds::rep>(count)};
}

/// A value within its range, or nothing.
std::optional<std::uint64_t> within(row const& one, std::optional<std::uint64_t> value)
{
    return value && *value >= one.min && *value <= one.max ? value : std::nullopt;
}

std::optional<milliseconds> within(row const& one, std::optional<milliseconds> value)
{
    bool const is_good = value && *value >= as_duration(one.min) && *value <= as_duration(one.max);
    return is_good ? value : std::nullopt;
}

}  // namespace

bool map_reader::is_raised(
    std::string_view name, bool is_above, bool has_file, std::string const& usual
) const
{
    auto const& value = *find(name);
    if (!value.is_variable || row_of(name).variable != variable_may::lower || !is_above)
        return false;
    error(
        name,
        "the environment may lower this, not raise it: `" + value.text + "` is above "
            + (has_file ? "the file's, `" + value.replaced : "the default, `" + usual) + "`"
    );
    return true;
}

bool map_reader::read(std::string_view name, std::uint32_t& into) const
{
    auto const* value = find(name);
    if (!value)
        return false;
    auto const& one = row_of(name);
    bool const is_size = one.shape == shape::size;
    auto const parse = is_size ? parse_size : parse_whole;
    bool const is_text = value->is_text() && (value->plain || is_size);
    auto const parsed = is_text ? parse(value->text) : std::nullopt;
    auto const of_file = within(one, parse(value->replaced));
    auto const usual = std::uint64_t{into};
    if (!parsed) {
        error(
            name,
            is_size ? "must be a size in bytes, such as 65536, 64KiB or 1MiB"
                    : "must be a whole number"
        );
        return false;
    }
    if (!within(one, parsed)) {
        auto const unit = is_size ? " bytes" : "";
        error(name, between(std::to_string(one.min), std::to_string(one.max)) + unit);
        return false;
    }
    bool const is_above = *parsed > of_file.value_or(usual);
    if (is_raised(name, is_above, of_file.has_value(), std::to_string(usual)))
        return false;
    into = static_cast<std::uint32_t>(*parsed);
    return true;
}

bool map_reader::read(std::string_view name, std::optional<std::uint32_t>& into) const
{
    std::uint32_t value = 0;
    if (!read(name, value))
        return false;
    into = value;
    return true;
}

std::optional<milliseconds> map_reader::duration(std::string_view name, milliseconds usual) const
{
    auto const* value = find(name);
    if (!value)
        return std::nullopt;
    auto const& one = row_of(name);
    auto const parsed = value->is_text() ? parse_duration(value->text) : std::nullopt;
    auto const of_file = within(one, parse_duration(value->replaced));
    if (!parsed)
        error(name, "must be a duration with its unit (ms, s, m, h, d), such as 30s");
    else if (!within(one, parsed))
        error(name, between(in_words(as_duration(one.min)), in_words(as_duration(one.max))));
    else if (!is_raised(
                 name, *parsed > of_file.value_or(usual), of_file.has_value(), in_words(usual)
             ))
        return parsed;
    return std::nullopt;
}

bool map_reader::read(std::string_view name, milliseconds& into) const
{
    auto const length = duration(name, into);
    if (length)
        into = *length;
    return length.has_value();
}

bool map_reader::read(std::string_view name, seconds& into) const
{
    auto const length = duration(name, into);
    if (!length)
        return false;
    if (*length % seconds{1} != milliseconds{0}) {
        error(name, "must be a whole number of seconds");
        return false;
    }
    into = std::chrono::duration_cast<seconds>(*length);
    return true;
}

bool map_reader::read(std::string_view name, std::optional<seconds>& into) const
{
    seconds length{0};
    if (!read(name, length))
        return false;
    into = length;
    return true;
}

std::optional<std::size_t> map_reader::read_word(std::string_view name, std::size_t usual) const
{
    auto const words = row_of(name).words;
    std::string text;
    if (!read(name, text))
        return std::nullopt;
    auto const found = std::ranges::find(words, text);
    if (found == words.end()) {
        error(name, "must be " + one_of(words) + did_you_mean(text, words));
        return std::nullopt;
    }
    auto const index = static_cast<std::size_t>(found - words.begin());
    auto const before = std::ranges::find(words, find(name)->replaced);
    auto const of_file = before == words.end()
        ? std::nullopt
        : std::optional(static_cast<std::size_t>(before - words.begin()));
    if (is_raised(
            name, index > of_file.value_or(usual), of_file.has_value(), std::string(words[usual])
        ))
        return std::nullopt;
    return index;
}

}  // namespace config
