#pragma once

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

}  // namespace core
