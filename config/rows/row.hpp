#pragma once

#include "core/base/time.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

/// One setting as a row: its name, how its value is written, its range, what a variable may do to
/// it, and its line of docs/configuration.md. The rows of rows.hpp are used to read the file and to
/// generate config/schema.json and the tables of the reference.
namespace config {

/// What a variable of the environment may do to a setting. Whoever can add a variable to a process
/// rarely reviews its file, so a row is closed unless it says otherwise. Never open one that
/// decides who may do what, which keys are used, where the service listens or what is recorded.
enum class variable_may : std::uint8_t {
    nothing,
    set,    ///< to any value that the file could have
    lower,  ///< to no more than the file or the default says; a lower log level writes more lines
};

/// How a value is written.
enum class shape : std::uint8_t {
    text,
    name,  ///< the name of something configured
    texts,
    boolean,
    whole,
    size,  ///< in bytes, KiB or MiB
    duration,
    moment,
    word,  ///< one of several
    own,   ///< as `schema` says
};

/// Groups of settings that are refused together where they have no meaning.
enum class topic : std::uint8_t {
    general,
    claims,    ///< only for tokens with claims
    fetching,  ///< only for keys that are fetched
    gateways,  ///< only for what /auth answers
};

/// One word of several, as an index into the words of its row.
struct chosen_word {
    void* value;
    std::size_t (*index)(void const* value);
    void (*choose)(void* value, std::size_t index);
};

/// The value that a row reads.
using place = std::variant<
    bool*, std::uint32_t*, std::optional<std::uint32_t>*, std::chrono::seconds*,
    std::chrono::milliseconds*, std::optional<std::chrono::seconds>*, std::string*,
    std::optional<std::string>*, std::vector<std::string>*, std::optional<core::instant>*,
    chosen_word>;

/// A text that identifies a type. A row names the struct of its member by it.
template <class Type> consteval std::string_view name_of()
{
    return static_cast<char const*>(__PRETTY_FUNCTION__);
}
static_assert(name_of<int>() != name_of<bool>());

struct row {
    std::string_view name;
    std::string_view says{};  ///< the reference's sentence, in Markdown; empty = see the row above
    config::shape shape = shape::own;
    std::uint64_t min = 0, max = 0;  ///< of numbers, bytes, or milliseconds of durations
    std::span<std::string_view const> words{};
    std::string_view schema{};  ///< JSON Schema of a value that its shape does not describe
    std::optional<std::string_view> usual{};  ///< the default in words; nullopt = the member's
    std::string_view code{};  ///< of limits: the error code of a request that exceeds it
    variable_may variable = variable_may::nothing;
    config::topic topic = topic::general;
    bool is_later = false;           ///< known, but not supported by this version
    std::string_view replaced_by{};  ///< of a setting that is gone: the sentence of its warning
    bool is_mandatory = false;       ///< in the schema
    bool is_in_table = true;
    bool is_by_hand = true;    ///< read_all leaves it to the reader of its section
    std::string_view owner{};  ///< name_of the struct that has the value; empty = none
    config::place (*place_in)(void*) = nullptr;  ///< the value in an owner

    /// Whether this version reads it.
    constexpr bool is_read() const { return !is_later && replaced_by.empty(); }

    // Each returns the row with one thing changed.
    constexpr row range(std::uint64_t least, std::uint64_t most) const
    {
        auto changed = *this;
        changed.min = least;
        changed.max = most;
        return changed;
    }
    constexpr row range(std::chrono::milliseconds least, std::chrono::milliseconds most) const
    {
        return range(
            static_cast<std::uint64_t>(least.count()), static_cast<std::uint64_t>(most.count())
        );
    }
    constexpr row bytes(std::uint64_t least, std::uint64_t most) const
    {
        auto changed = range(least, most);
        changed.shape = shape::size;
        return changed;
    }
    constexpr row as(config::shape written) const
    {
        auto changed = *this;
        changed.shape = written;
        return changed;
    }
    /// Describes the value in JSON Schema. It is still read by its shape.
    constexpr row as(std::string_view json) const
    {
        auto changed = *this;
        changed.schema = json;
        return changed;
    }
    /// One of these words, which must outlive the row and be in the order of the enumeration.
    constexpr row one_of(std::span<std::string_view const> known) const
    {
        auto changed = as(shape::word);
        changed.words = known;
        return changed;
    }
    constexpr row by_default(std::string_view text) const
    {
        auto changed = *this;
        changed.usual = text;
        return changed;
    }
    constexpr row answers(std::string_view errc_name) const
    {
        auto changed = *this;
        changed.code = errc_name;
        return changed;
    }
    constexpr row about(config::topic what) const
    {
        auto changed = *this;
        changed.topic = what;
        return changed;
    }
    constexpr row set_by_variable() const
    {
        auto changed = *this;
        changed.variable = variable_may::set;
        return changed;
    }
    constexpr row lowered_by_variable() const
    {
        auto changed = *this;
        changed.variable = variable_may::lower;
        return changed;
    }
    constexpr row mandatory() const
    {
        auto changed = by_default("");
        changed.is_mandatory = true;
        return changed;
    }
    constexpr row by_hand() const
    {
        auto changed = *this;
        changed.is_by_hand = true;
        return changed;
    }
    constexpr row not_in_table() const
    {
        auto changed = *this;
        changed.is_in_table = false;
        return changed;
    }
};

namespace rows {

/// The sentence of the row above describes this setting too: they share a line of the table.
inline constexpr std::string_view as_above{};

template <auto Member> struct member_of;
template <class Owner, class Value, Value Owner::*Member> struct member_of<Member> {
    using owner = Owner;

    static config::place place_in(void* untyped)
    {
        auto& value = static_cast<Owner*>(untyped)->*Member;
        if constexpr (std::is_enum_v<Value>)
            return chosen_word{&value, index, choose};
        else
            return &value;
    }
    static std::size_t index(void const* value)
    {
        return static_cast<std::size_t>(*static_cast<Value const*>(value));
    }
    static void choose(void* value, std::size_t index)
    {
        *static_cast<Value*>(value) = static_cast<Value>(index);
    }

    template <class... Types> static constexpr bool is = (std::is_same_v<Value, Types> || ...);
    static constexpr config::shape shape()
    {
        if constexpr (is<bool>)
            return shape::boolean;
        else if constexpr (is<std::uint32_t, std::optional<std::uint32_t>>)
            return shape::whole;
        else if constexpr (is<std::string, std::optional<std::string>>)
            return shape::text;
        else if constexpr (is<std::vector<std::string>>)
            return shape::texts;
        else if constexpr (is<std::optional<core::instant>>)
            return shape::moment;
        else
            return std::is_enum_v<Value> ? shape::word : shape::duration;
    }
};

/// A setting that is read into this member, such as `&limit_settings::json_depth`.
template <auto Member> constexpr row setting(std::string_view name, std::string_view says)
{
    row made{.name = name, .says = says, .shape = member_of<Member>::shape()};
    made.is_by_hand = false;
    made.owner = name_of<typename member_of<Member>::owner>();
    made.place_in = member_of<Member>::place_in;
    return made;
}

/// A setting that the reader of its section reads, with its default in words.
constexpr row hand_read(std::string_view name, std::string_view says, std::string_view usual = "")
{
    return {.name = name, .says = says, .usual = usual};
}

/// A setting that this version does not support yet, so that the error says so.
constexpr row later(std::string_view name)
{
    row made{.name = name};
    made.is_later = true;
    return made;
}

/// A setting that older versions had. It is not read, and a warning says what to use.
constexpr row gone(std::string_view name, std::string_view replaced_by)
{
    row made{.name = name, .replaced_by = replaced_by};
    return made.set_by_variable();
}

/// The rows of a section whose settings are members of these types. Does not compile if a row is
/// incomplete.
template <class... Owners, std::size_t N>
consteval std::array<row, N> rows_of(std::array<row, N> const& all)
{
    bool can_share = false;
    for (auto const& one : all) {
        if (!one.is_read())
            continue;
        bool const is_number =
            one.shape == shape::whole || one.shape == shape::size || one.shape == shape::duration;
        if (is_number && one.max == 0)
            throw "a number has no range";
        if (one.shape == shape::word && one.words.empty())
            throw "a word has no list of words";
        if (one.shape == shape::own && one.schema.empty())
            throw "a value has no shape";
        if (one.says.empty() && !can_share)
            throw "a setting has no sentence";
        if (!one.owner.empty() && !((one.owner == name_of<Owners>()) || ...))
            throw "a value is of a type that this section's reader does not fill";
        can_share = true;
    }
    return all;
}

}  // namespace rows
}  // namespace config
