#pragma once

#include "config/rows/row.hpp"
#include "config/tree/report.hpp"

#include <span>

namespace config {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Reads the members of one map as their rows say. The constructor reports unknown members and
/// members without a value (only whole sections may be empty). A value that is absent or wrong
/// leaves its target unchanged; a wrong one is reported with its place.
class map_reader {
public:
    /// map      may be null: then every member is absent. Must outlive the reader.
    map_reader(
        node const* map, std::string path, std::span<row const> known, config::report& notes
    );

    /// The value of a known member, or nullptr when it is absent or null.
    node const* find(std::string_view name) const;
    bool has(std::string_view name) const { return find(name) != nullptr; }

    std::string const& path() const noexcept { return path_; }
    std::string path_of(std::string_view name) const { return joined(path_, name); }
    void error(std::string_view name, std::string text) const;
    /// Reports an empty list or map, as reading a list of texts does.
    void refuse_empty(std::string_view name) const;
    bool is_empty_list(std::string_view name) const;
    void warn(std::string_view name, std::string text) const;

    /// Reads every member of `into` whose row is not read by hand; with `only`, those of one topic.
    template <class Owner> void read_all(Owner& into, std::optional<topic> only = {}) const
    {
        read_rows(&into, name_of<Owner>(), only);
    }
    /// Reports every setting of a topic that the map has.
    void refuse(topic about, std::string_view text) const;

    // Each reads one setting, in the range of its row. Returns whether it is present and right.
    bool read(std::string_view name, std::string& into) const;
    bool read(std::string_view name, std::optional<std::string>& into) const;
    bool read(std::string_view name, bool& into) const;
    /// A list of texts; a single text is read as a list of one. An empty list is reported, because
    /// the default is written by leaving the member out.
    bool read(std::string_view name, std::vector<std::string>& into) const;
    bool read(std::string_view name, std::optional<core::instant>& into) const;
    /// A whole number or, where the row says so, a size.
    bool read(std::string_view name, std::uint32_t& into) const;
    bool read(std::string_view name, std::optional<std::uint32_t>& into) const;
    bool read(std::string_view name, milliseconds& into) const;
    bool read(std::string_view name, seconds& into) const;
    bool read(std::string_view name, std::optional<seconds>& into) const;

    /// One of the row's words, as its index; `usual` is the index of the default.
    std::optional<std::size_t> read_word(std::string_view name, std::size_t usual = 0) const;

private:
    row const& row_of(std::string_view name) const;
    void read_rows(void* into, std::string_view owner, std::optional<topic> only) const;
    void read_place(row const& one, place const& into) const;
    std::optional<milliseconds> duration(std::string_view name, milliseconds usual) const;
    /// Reports a variable that raises a value which it may only lower: it is above the file's value
    /// when that can be read (`has_file`), else above the default.
    bool
    is_raised(std::string_view name, bool is_above, bool has_file, std::string const& usual) const;

    node const* map_;
    std::string path_;
    std::span<row const> known_;
    config::report* notes_;
};

/// The items of a list, each with its path. An absent list has none; any other value is reported.
std::vector<std::pair<node const*, std::string>>
items_of(node const* list, std::string const& path, report& notes);
/// The same for the members of a map.
std::vector<std::pair<node const*, std::string>>
members_of(node const* map, std::string const& path, report& notes);

}  // namespace config
