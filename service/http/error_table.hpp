#pragma once

#include "core/base/error.hpp"
#include "service/operations/context.hpp"

#include <array>
#include <string_view>

namespace service::http {

/// The status of a code, from the only table that has one. Always 400 or more; 500 or more exactly
/// where core::cannot_decide says so.
unsigned status_of(core::errc code, context where) noexcept;

/// The languages that titles are in, as RFC 5646 tags; the first is the default.
inline constexpr std::array<std::string_view, 6> languages{"en", "zh-CN", "es", "de", "fr", "ja"};

/// What a code means, in a few words for people. language: an index into `languages`.
std::string_view title_in(std::size_t language, core::errc code) noexcept;

}  // namespace service::http
