#include "service/operations/verify_operation.hpp"

#include "service/operations/verify_reply.hpp"

namespace service {
namespace {

operation_answer
run(verify_request const& what, request_scope const& in, core::crypto::operation_cache* kept)
{
    auto const found = verify(what.terms, what.token, in.now, kept, in.counters(), in.budget);
    return answer_of(found, what.terms, in);
}

}  // namespace

/// Of a request that cannot be read, nothing is said about its token.
constinit operation<verify_request> const verify_operation{
    .read = read_verify_request,
    .run = run,
    .unread = context::request,
    .unread_key = context::verify_inline,
};

}  // namespace service
