#pragma once

#include <cstdint>

namespace service {

/// What a failure happened in: the status of some codes depends on it (product table of errors).
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
    inspect,         ///< /inspect: the token or key is the request, key_invalid is 400
    auth,            ///< /auth: 401, or 403 for scopes, paths and rules; cannot decide 503
};

}  // namespace service
