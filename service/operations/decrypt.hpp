#pragma once

#include "core/jwe/decrypt.hpp"
#include "service/operations/decrypt_request.hpp"
#include "service/operations/operation.hpp"

namespace service {

/// POST /decrypt. With `verify` it also verifies the token inside, and reveals nothing of it when
/// that is refused.
extern operation<decrypt_request> const decrypt_operation;

/// Opens the token, and counts the outcome.
///
/// Errors   token_too_large; those of core::unopened_jwe and core::decrypt.
core::result<core::opened_jwe> decrypt(decrypt_request const& what, request_scope const& in);

}  // namespace service
