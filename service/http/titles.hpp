#pragma once

#include "core/base/error.hpp"

#include <string_view>

namespace service::http {

/// What a code means, in a few words for people, in the requested language.
///
/// accept_language  untrusted; the first 256 bytes and 16 ranges are read. English when none of
///                  them is en, zh-CN, es, de, fr or ja.
/// Source           RFC 9110 section 12.5.4
std::string_view title_of(core::errc code, std::string_view accept_language);

}  // namespace service::http
