#include "service/http/route.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/verify_reply.hpp"
#include "service/operations/verify_request_reader.hpp"

namespace service {
namespace {

http::reply
answer(verdict const& found, verify_terms const& by, http::request const& request, worker& here)
{
    count(found, by, here.shared.metrics);
    return found.token ? http::json_reply(verify_reply(found, by, here.shared.now()))
                       : http::problem(found.token.error(), request, by.where());
}

}  // namespace

/// A token that lacks another issuer's key waits for the one fetch that it may cause, and is
/// verified once more; all others never wait.
asio::awaitable<http::reply> handle_verify(http::request const& request, worker& here)
{
    auto& shared = here.shared;
    auto const body = parse_body(request.body(), shared.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto read = read_verify_request(body->root(), here.current(), request.who());
    if (!read)
        co_return http::problem(read.error(), request, context_of_unread_verify(read.error()));
    auto& terms = read->terms;
    auto const& token = read->token;
    verdict found;
    if (is_expensive(terms, token))
        found = co_await verify_on_pool(terms, token, shared);
    else
        found = verify(terms, token, shared.now(), &here.operations, shared.metrics);
    if (found.missing)
        found = co_await verify_after_fetch(terms, token, *found.missing, here);
    co_return answer(found, terms, request, here);
}

}  // namespace service
