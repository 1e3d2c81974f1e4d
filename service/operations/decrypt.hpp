#pragma once

#include "core/jwe/decrypt.hpp"
#include "service/operations/decrypt_request.hpp"
#include "service/operations/operation.hpp"
#include "service/operations/verify.hpp"

#include <optional>

namespace service {

/// POST /decrypt. With `verify` it also verifies the token inside, and reveals nothing of it when
/// that is refused.
extern operation<decrypt_request> const decrypt_operation;

/// A token that was opened, and whose content was verified for the first time. Not counted yet.
struct opened_token {
    core::opened_jwe jwe;
    verdict found;
};

/// How far a request came without a wait.
struct decrypt_step {
    operation_answer answer;               ///< unless `opened` is set
    std::optional<opened_token> opened{};  ///< a key is missing that may come
};

/// Opens the token and verifies what is in it, where that is requested. Nothing is counted when the
/// budget holds the request up.
///
/// kept     as for an operation.
decrypt_step begin_decrypt(
    decrypt_request const& what, request_scope const& in, core::crypto::operation_cache* kept
);

/// The answer to a request with `verify`, and its count. Call it once.
operation_answer
finish_decrypt(verify_terms const& by, opened_token opened, request_scope const& in);

}  // namespace service
