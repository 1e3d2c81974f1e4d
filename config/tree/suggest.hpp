#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// The known name that `text` was probably meant to be: at most two edits (an insertion, a
/// deletion, a replacement or a swap of neighbours; not the case of letters) and fewer than half of
/// its characters away; empty when there is none.
std::string_view nearest(std::string_view text, std::span<std::string_view const> known);

/// ", did you mean `alg`?" or nothing.
std::string did_you_mean(std::string_view text, std::span<std::string_view const> known);

/// "a, b or c"
std::string one_of(std::span<std::string_view const> known);

}  // namespace config
