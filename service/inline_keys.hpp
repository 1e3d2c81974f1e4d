#pragma once

#include "config/settings.hpp"
#include "core/jwk_set.hpp"
#include "service/http/json_body.hpp"

#include <optional>
#include <vector>

namespace service {

/// Key material that a request brings along, in exactly one of `key` (a JWK, PEM, OpenSSH text),
/// `keys` (a list of those), `jwks`, `secret`, `secret_b64`.
struct inline_material {
    std::vector<core::jwk> keys;
    bool single = false;  ///< `key` or a secret: its kid is not compared
};

/// Whether any of the members is there.
bool has_inline_material(http::body_reader& read);

/// Reads it and refuses it where the configuration does not open inline keys.
///
/// opened   whether `inline_keys` opens this endpoint.
/// Returns  nullopt when there is none, or when `read` noted a problem with the request.
/// Errors   key_invalid: unreadable, too long (16 KiB), a secret that is a key's text.
core::result<std::optional<inline_material>>
read_inline_material(http::body_reader& read, config::inline_settings const& allowed, bool opened);

}  // namespace service
