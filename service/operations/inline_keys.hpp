#pragma once

#include "config/values/settings.hpp"
#include "core/keys/jwk_set.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/request_scope.hpp"

#include <optional>
#include <vector>

namespace service {

/// Largest RSA key, in bits, in a request that uses its private half: twice the size takes eight
/// times as long.
inline constexpr std::size_t inline_rsa_bits_max = 4096;

/// Key material in a request, in exactly one of `key` (a JWK, PEM, OpenSSH text), `keys` (a list of
/// those), `jwks`, `secret`, `secret_b64` and, to encrypt, `password`.
struct inline_material {
    std::vector<core::jwk> keys;
    std::vector<core::left_out_key> skipped{};  ///< entries of `jwks` that are not used
    bool single = false;                        ///< `key` or a secret: its kid is not compared
    bool is_password = false;                   ///< only for PBES2
};

/// What the material is for. Only sign and decrypt read private halves; verify and encrypt drop
/// them unread. Only encrypt and decrypt take a `password`.
enum class inline_purpose : std::uint8_t { sign, verify, encrypt, decrypt };

/// Whether any of the members is present.
bool has_inline_material(body_reader& read, inline_purpose purpose);

/// Reads the key material, and refuses it where the configuration does not allow inline keys for
/// this purpose.
///
/// Returns  nullopt when there is none, or when `read` noted a problem with the request (several
///          keys to sign with or to encrypt to are one, noted before any of them is read).
///          Otherwise one key to sign with or to encrypt to, one or more for the other purposes.
/// Errors   key_invalid: unreadable, too long (16 KiB), a secret that is a key's text.
///          An entry of `jwks` that cannot be read is skipped; none that can be, or a secret next to
///          another kind of key, is key_invalid. work_exceeded.
core::result<std::optional<inline_material>>
read_inline_material(body_reader& read, request_scope const& in, inline_purpose purpose);

/// Refuses a private RSA key of more than inline_rsa_bits_max with key_invalid.
core::result<void> check_private_size(core::jwk const& key);

/// The PBES2 algorithms that `allow_algorithms` names, strongest last.
std::vector<std::string> allowed_for_passwords(config::inline_settings const& allowed);

}  // namespace service
