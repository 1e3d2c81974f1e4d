#pragma once

#include "config/sections/trusted_file.hpp"
#include "config/values/fetch_settings.hpp"

#include <string>
#include <string_view>

namespace config {

/// The value that a header is sent with.
///
/// text     what the configuration, a variable or a file gives; untrusted. With `bearer_file` only
///          the token: "Bearer " is added.
/// Returns  the value, or a sentence that says why it cannot be sent, with nothing of it.
/// Source   RFC 9110 section 5.5: no control characters, no white space around a field's value. RFC
///          6750 section 2.1: b64token
outcome<std::string> header_value(std::string_view text, fetch_header const& of);

/// The same from the header's file, as it is now.
///
/// Returns  the value, or a sentence without the file's name.
outcome<std::string> read_header_value(fetch_header const& of);

/// Whether a header of that name is a credential, however its value is written.
bool is_name_of_credential(std::string_view name) noexcept;

/// Whether a header of that name nearly always holds a secret: a credential, or an API key, which
/// is sent wherever the metadata leads unless its value is a reference.
bool holds_secret(std::string_view name) noexcept;

/// The header that `bearer_file` adds.
///
/// file     as it is opened.
fetch_header bearer_header(std::string file);

}  // namespace config
