#pragma once

#include "config/tree/node.hpp"

#include <map>
#include <string>
#include <vector>

namespace config {

/// What a configuration says in each of its parts, as a hash: "limits.body_bytes",
/// "callers.orders", "verify_profiles.default". It contains nothing of what is written there.
using outline = std::map<std::string, std::string>;

/// The parts of a configuration: of a section its members; of a list its items by their names.
/// Items of one name, such as the keys of a series, are one part.
outline outline_of(node const& root);

enum class part_change : std::uint8_t { added, removed, changed };
std::string_view to_string(part_change how) noexcept;

struct changed_part {
    std::string path;
    part_change how;
    bool operator==(changed_part const&) const = default;
};

/// In the order of the paths.
std::vector<changed_part> changes_between(outline const& before, outline const& after);

}  // namespace config
