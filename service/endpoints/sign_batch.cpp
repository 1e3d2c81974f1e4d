#include "service/app.hpp"
#include "service/async.hpp"
#include "service/endpoints/batch.hpp"
#include "service/endpoints/endpoints.hpp"
#include "service/http/json_body.hpp"
#include "service/issuers/registry.hpp"
#include "service/pool_operations.hpp"
#include "service/sign_job.hpp"

namespace service {
namespace {

using read_job = core::result<std::unique_ptr<sign_job>>;

http::reply sign_item(read_job const& job, http::request const& request, app& owner)
{
    if (!job)
        return http::problem(job.error(), request, sign_job::where(job.error()));
    if (std::chrono::steady_clock::now() > request.deadline())
        return http::problem(core::errc::overloaded, request);
    auto signed_body = (*job)->run(&pool_operations(), owner.metrics);
    return signed_body ? http::json_reply(std::move(*signed_body))
                       : http::problem(signed_body.error(), request, (*job)->where());
}

}  // namespace

asio::awaitable<http::reply> handle_sign_batch(http::request const& request, worker& here)
{
    auto& app = here.owner;
    auto const body = http::parse_body(request, app.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto const batch = read_batch(body->root(), app.settings.limits.batch_items, false);
    if (!batch)
        co_return http::problem(batch.error(), request);

    sign_job::scope const scope{request,     app.settings, here.ring(),
                                app.metrics, app.now(),    &app.issuers->board()};
    std::vector<read_job> jobs;
    std::uint32_t dear = 0;
    for (auto const& item : batch->requests) {
        jobs.push_back(sign_job::read(item.root(), scope));
        if (!jobs.back() && batch->blames_shared(jobs.back().error()))
            co_return http::problem(jobs.back().error(), request);
        if (jobs.back() && (*jobs.back())->is_dear())
            ++dear;
    }
    if (dear > app.settings.limits.batch_dear_items) {
        auto const refusal = core::failure::of_member(
            "items",
            "A batch holds no more RSA signatures and passwords than limits.batch_dear_items."
        );
        co_return http::problem(refusal, request);
    }
    auto work = [&request, &app, &jobs] {
        std::vector<http::reply> results;
        for (auto const& job : jobs)
            results.push_back(sign_item(job, request, app));
        return results;
    };
    auto const results = co_await run_on(app.cpu, std::move(work));
    co_return batch_reply(results);
}

}  // namespace service
