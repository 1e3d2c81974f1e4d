#pragma once

#include "core/base/error.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace service::http {

/// What a failure happened in: some codes have another status elsewhere (product table of errors).
enum class context : std::uint8_t {
    request,         ///< HTTP itself, callers, admin
    verify,          ///< /verify with a profile; 422 is a refused token and says `valid: false`
    verify_inline,   ///< /verify with inline keys: key_invalid is 400
    sign,            ///< /sign with a profile: key_not_found 404, algorithm_unsupported 400
    sign_inline,     ///< /sign with inline keys: key_invalid 400 too
    encrypt,         ///< /encrypt: as /sign
    encrypt_inline,  ///< the same with inline keys: key_invalid 400
    decrypt,         ///< /decrypt with a series
    decrypt_inline,  ///< the same with inline keys: key_invalid 400
    inspect,         ///< /inspect: what it was given is the request, key_invalid is 400
    auth,            ///< /auth: 401, scope_insufficient 403, cannot decide 503
};

/// The status of a code, from the only table that has one. Always 400 or more; 500 or more exactly
/// where core::cannot_decide says so.
unsigned status_of(core::errc code, context where) noexcept;

/// The languages that titles are in, as RFC 5646 tags; the first is the default.
inline constexpr std::array<std::string_view, 6> languages{"en", "zh-CN", "es", "de", "fr", "ja"};

/// What a code means, in a few words for people. language: the place of one in `languages`.
std::string_view title_in(std::size_t language, core::errc code) noexcept;

}  // namespace service::http
