#pragma once

#include "service/operations/operation.hpp"
#include "service/operations/sign_request.hpp"

namespace service {

/// POST /sign, and each item of POST /sign/batch.
extern operation<sign_request> const sign_operation;

/// Signs, encrypts where requested, and counts the outcome.
///
/// kept     this thread's signers of configured keys; null = none are kept.
/// Returns  the token in the requested form.
/// Errors   token_too_large; those of core::make_jws and core::make_jwe.
core::result<std::string>
sign(sign_request const& what, request_scope const& in, core::crypto::operation_cache* kept);

}  // namespace service
