#include "core/json/json.hpp"
#include "service/endpoints/admin/empty_body.hpp"
#include "service/endpoints/development/places.hpp"
#include "service/http/route.hpp"
#include "service/operations/request_costs.hpp"
#include "service/runtime/async.hpp"

namespace service {

/// The issuer's next key signs from now on, and the one before it stays in the set.
asio::awaitable<http::reply> handle_dev_rotate(http::request const& request, worker& here)
{
    auto* const issuers = here.shared.development();
    if (issuers == nullptr)
        co_return http::problem(core::errc::not_found, request);
    if (auto const problem = why_not_empty(request, *request.seen()))
        co_return http::problem(*problem, request);
    auto const name = development::name_in(request.path());
    auto work = [issuers, name = std::string(name)] { return issuers->rotate(name); };
    auto const from = costs_of(request.who(), request.seen()->settings).from;
    auto const rotated = co_await run_on(here.shared.cpu, from, std::move(work));
    if (!rotated)
        co_return http::problem(core::errc::overloaded, request);
    auto const& done = *rotated;
    if (!done)
        co_return http::problem(done.error(), request);
    std::string text;
    core::json::writer out(text);
    out.begin_object().member("kid", done->kid).member("previous_kid", done->previous).end_object();
    auto answer = http::json_reply(std::move(text));
    auto& note = answer.audited.emplace_back();
    note.issuer = name;
    note.kid = done->kid;
    co_return std::move(answer);
}

}  // namespace service
