#pragma once

#include "core/base/bytes.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace service::net {

inline constexpr std::size_t client_certificates_max = 10;
/// Elements of DER in the names and extensions of all certificates: a common one has about 100.
inline constexpr std::size_t client_elements_max = 640;

/// Why the certificates that a client shows must not even be read; nullopt = they may be.
///
/// A library decodes the key of each certificate before it looks at who has signed it, and one on a
/// curve of its own making takes half a second of computing: a stranger could stop a thread for as
/// long as the largest chain takes. So at most ten certificates are read, and only those with keys
/// whose cost is known: RSA of at most 8192 bits with an exponent below 2^32, P-256, P-384, P-521,
/// Ed25519 and Ed448.
///
/// And it makes objects of every element of names and extensions, which take up to 50 times the
/// octets, for as long as the connection lasts. So those of all certificates together are counted.
///
/// message   of the handshake, with its head. Untrusted. It need not be whole DER, but what is
///           accepted has its key where any reader of DER finds it.
/// is_tls13  how the message is laid out: RFC 8446 section 4.4.2, or RFC 5246 section 7.4.2.
/// Returns   a fixed sentence.
std::optional<std::string_view> refusal_of_shown(core::byte_view message, bool is_tls13) noexcept;

}  // namespace service::net
