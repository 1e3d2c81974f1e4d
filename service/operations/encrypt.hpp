#pragma once

#include "service/operations/encrypt_request.hpp"
#include "service/operations/operation.hpp"

namespace service {

/// POST /encrypt.
extern operation<encrypt_request> const encrypt_operation;

/// Encrypts, and counts the outcome.
/// plaintext  the request's own, or the token that is nested.
/// kept       this thread's operations with configured keys; null = none are kept.
/// Returns    the token in the requested form.
/// Errors     token_too_large; those of core::make_jwe.
core::result<std::string> encrypt(
    encrypt_request const& what, core::byte_view plaintext, request_scope const& in,
    core::crypto::operation_cache* kept
);

}  // namespace service
