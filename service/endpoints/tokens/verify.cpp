#include "service/endpoints/tokens/perform.hpp"
#include "service/operations/verify_reply.hpp"
#include "service/operations/verify_request_reader.hpp"

namespace service {

/// A token that lacks another issuer's key waits for the one fetch that it may cause, and is
/// verified once more if that helps. Other tokens never wait.
asio::awaitable<http::reply> handle_verify(http::request const& request, worker& here)
{
    auto& shared = here.shared;
    auto const body = parse_body(request.body(), shared.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto const in = scope_of(request, here);
    auto read = read_verify_request(body->root(), in);
    if (!read)
        co_return reply_of(refusal_of_unread_verify(read.error()), request);
    auto& terms = read->terms;
    auto const& token = read->token;
    verdict found;
    if (is_expensive(terms, token))
        found = co_await verify_on_pool(terms, token, shared);
    else
        found = verify(terms, token, in.now, &here.operations, shared.metrics);
    if (found.missing)
        found = co_await verify_after_fetch(terms, token, std::move(found), here);
    co_return reply_of(answer_of(found, terms, in), request);
}

}  // namespace service
