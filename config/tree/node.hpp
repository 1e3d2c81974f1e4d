#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// A place in the file; both count from 1, 0 = not from a file.
struct mark {
    int line = 0, column = 0;
};

enum class node_kind : std::uint8_t { null, text, list, map };

/// One value of the configuration as it was written, before it means anything.
struct node {
    node_kind kind = node_kind::null;
    std::string name{};            ///< the member's name in its map; empty for others
    mark name_at{};                ///< the place of the name
    std::string text{};            ///< the value of a text
    bool plain = false;            ///< a text without quotes: it may be a number or a boolean
    mark at{};                     ///< the place of the value
    std::string origin{};          ///< the variable or flag that set it; empty = the file
    bool is_variable = false;      ///< a variable set it
    std::string replaced{};        ///< the file's text, which that variable replaced; empty = none
    std::vector<node> children{};  ///< items of a list, members of a map, in source order

    bool is_text() const noexcept { return kind == node_kind::text; }
    bool is_list() const noexcept { return kind == node_kind::list; }
    bool is_map() const noexcept { return kind == node_kind::map; }
    bool is_null() const noexcept { return kind == node_kind::null; }

    /// The member of a map by name, or nullptr.
    node const* find(std::string_view member) const noexcept;
    node* find(std::string_view member) noexcept;
};

}  // namespace config
