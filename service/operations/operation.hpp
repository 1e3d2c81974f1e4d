#pragma once

#include "core/base/error.hpp"
#include "core/crypto/operation_cache.hpp"
#include "core/json/json.hpp"
#include "core/keys/jwk_set.hpp"
#include "service/operations/context.hpp"
#include "service/operations/request_members.hpp"
#include "service/operations/request_scope.hpp"

#include <string>
#include <vector>

namespace service {

/// How a request ended: the body of a 200, or a failure and its context.
struct operation_answer {
    core::result<std::string> body = core::errc::internal;
    context where = context::request;
    std::vector<core::left_out_key> skipped{};  ///< of the request's set, for a failure to name
};

/// One operation as its endpoint, its batch and the command line see it: read a value, run it.
///
/// Request  the value. It does not refer to the request's text.
template <class Request> struct operation {
    /// Reads the members, which are untrusted, and checks what the caller may do.
    core::result<Request> (*read)(request_members members, request_scope const& in);
    /// Does the work, counts the outcome (unless the budget holds the request up) and writes the body of the reply.
    ///
    /// kept  this thread's signers and verifiers of configured keys; null = none are kept.
    operation_answer (*run
    )(Request const& what, request_scope const& in, core::crypto::operation_cache* kept);
    /// The context of a failure to read: in general, and of key_invalid, which is then caused by a
    /// key in the request.
    context unread = context::request, unread_key = context::request;

    operation_answer refuse(core::failure const& why) const
    {
        return {why, why.code == core::errc::key_invalid ? unread_key : unread};
    }
    /// Runs what was read, or answers why it was not read.
    operation_answer finish(
        core::result<Request> const& read_before, request_scope const& in,
        core::crypto::operation_cache* kept
    ) const
    {
        return read_before ? run(*read_before, in, kept) : refuse(read_before.error());
    }
};

}  // namespace service
