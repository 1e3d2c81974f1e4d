#pragma once

#include "core/algorithms/work_costs.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// Whether a list's entry is a misspelling of the word `none`: "NONE", "application/none".
bool is_misspelt_none(std::string_view entry) noexcept;

/// Whether a JWS type is one of `admitted`, compared by same_header_type. The entry `none`, spelled
/// exactly so, admits a token without a type and nothing else. No entry admits a type that is named
/// none.
bool typ_is_admitted(std::optional<std::string_view> typ, std::vector<std::string> const& admitted);

/// What it costs to compare each of `types` with that many admitted ones.
inline work cost_of_types(std::size_t types, std::size_t admitted) noexcept
{
    constexpr std::size_t octets = 20;  // 40 ns: compared without case
    return costs::of_searching(types, octets * admitted);
}

}  // namespace core
