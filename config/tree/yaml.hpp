#pragma once

#include "config/tree/node.hpp"

#include <variant>

namespace config {

inline constexpr std::size_t yaml_bytes_max = 1024U * 1024U;  ///< far above any real file
inline constexpr std::size_t yaml_nodes_max = 100'000;        ///< bounds the tree of a small file
inline constexpr std::size_t yaml_depth_max = 32;             ///< bounds recursion over the tree

/// Why a text could not be read, and where.
struct yaml_problem {
    mark at;
    std::string text;
};

/// Reads one YAML document (JSON is YAML). Refuses what two readers could read differently:
/// duplicate members, anchors and aliases, tags, members whose name is not a text, several
/// documents.
///
/// Returns  the tree (null for an empty text), or every problem that was found (never empty then).
std::variant<node, std::vector<yaml_problem>> parse_yaml(std::string_view text);

}  // namespace config
