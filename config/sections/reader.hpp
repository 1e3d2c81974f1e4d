#pragma once

#include "config/tree/members.hpp"
#include "config/tree/report.hpp"
#include "config/values/settings.hpp"

#include <concepts>
#include <limits>
#include <span>

namespace config {

template <class T> struct range {
    T min, max;
};
using whole_range = range<std::uint64_t>;
using duration_range = range<milliseconds>;

/// Reads the members of one map. Unknown members and members without a value are reported when it
/// is made (a section of the file's may be empty); a value that is absent or wrong leaves its
/// target as it was, and what is wrong is reported with its place.
class map_reader {
public:
    /// map      may be null (absent: nothing is there). Must outlive the reader.
    map_reader(
        node const* map, std::string path, std::span<member const> known, config::report& notes
    );

    /// The value of a known member, or nullptr when it is absent or null.
    node const* find(std::string_view name) const;
    bool has(std::string_view name) const { return find(name) != nullptr; }

    std::string const& path() const noexcept { return path_; }
    std::string path_of(std::string_view name) const { return joined(path_, name); }
    void error(std::string_view name, std::string text) const;
    /// Reports a list or map that holds nothing, as reading a list of texts does.
    void refuse_empty(std::string_view name) const;
    bool is_empty_list(std::string_view name) const;
    void warn(std::string_view name, std::string text) const;

    bool read(std::string_view name, std::string& into) const;
    bool read(std::string_view name, std::optional<std::string>& into) const;
    bool read(std::string_view name, bool& into) const;
    /// A list of texts; one text stands for a list of one. An empty list is reported: whoever means
    /// the default leaves the member out.
    bool read(std::string_view name, std::vector<std::string>& into) const;
    bool read(std::string_view name, std::optional<core::instant>& into) const;

    template <std::unsigned_integral T>
    bool read(std::string_view name, T& into, whole_range allowed) const
    {
        auto const value = whole(name, allowed, into);
        if (value)
            into = static_cast<T>(*value);
        return value.has_value();
    }
    bool read_size(std::string_view name, std::uint32_t& into, whole_range allowed) const;

    bool read(std::string_view name, milliseconds& into, duration_range allowed) const;
    bool read(std::string_view name, seconds& into, duration_range allowed) const;
    bool read(std::string_view name, std::optional<seconds>& into, duration_range allowed) const;

    /// One of several words, as its index; `usual` is the index of the default.
    std::optional<std::size_t> read_word(
        std::string_view name, std::span<std::string_view const> words, std::size_t usual = 0
    ) const;

private:
    std::optional<std::uint64_t>
    whole(std::string_view name, whole_range allowed, std::uint64_t usual) const;
    std::optional<milliseconds>
    duration(std::string_view name, duration_range allowed, milliseconds usual) const;
    /// Whether a variable says more than it may: more than `most`, which is what the file says when
    /// that can be read, else the default. Reports it.
    template <class Value>
    bool is_raised(
        std::string_view name, Value given, std::optional<Value> of_file, Value usual,
        std::string const& usual_in_words
    ) const;

    node const* map_;
    std::string path_;
    std::span<member const> known_;
    config::report* notes_;
};

/// The items of a list, each with its path; an absent list has none, and anything else is reported.
std::vector<std::pair<node const*, std::string>>
items_of(node const* list, std::string const& path, report& notes);
/// The same for the members of a map.
std::vector<std::pair<node const*, std::string>>
members_of(node const* map, std::string const& path, report& notes);

}  // namespace config
