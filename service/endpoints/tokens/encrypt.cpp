#include "service/http/route.hpp"
#include "service/issuers/registry.hpp"
#include "service/operations/encrypt_request.hpp"
#include "service/runtime/async.hpp"

namespace service {

asio::awaitable<http::reply> handle_encrypt(http::request const& request, worker& here)
{
    auto& shared = here.shared;
    auto const body = parse_body(request.body(), shared.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto const seen = here.current();
    key_scope const scope{
        request.who(), shared.settings, *seen->ring, shared.metrics, seen->others.get()};
    auto const job = encrypt_job::read(body->root(), scope);
    if (!job)
        co_return http::problem(job.error(), request, encrypt_job::where(job.error()));
    auto run = [&job, &request, &shared] {
        auto const sealed = (*job)->run(shared.metrics);
        return sealed ? http::json_reply(*sealed)
                      : http::problem(sealed.error(), request, (*job)->where());
    };
    if (!(*job)->is_dear())
        co_return run();
    co_return co_await run_on(shared.cpu, std::move(run));
}

}  // namespace service
