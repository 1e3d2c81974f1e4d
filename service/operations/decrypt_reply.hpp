#pragma once

#include "core/jwe/decrypt.hpp"
#include "service/operations/decrypt_request.hpp"

#include <string>

namespace service {

/// The body of the 200 that answers a request to decrypt with the plaintext.
std::string decrypt_reply(decrypt_request const& to, core::opened_jwe const& opened);

/// The same where the token inside was verified.
///
/// verified  the body of a 200 of /verify.
std::string authenticated_reply(std::string verified);

}  // namespace service
