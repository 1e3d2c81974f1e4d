#include "service/endpoints/tokens/batch.hpp"
#include "service/http/route.hpp"
#include "service/issuers/registry.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/inline_keys.hpp"
#include "service/operations/sign_request.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/pool_operations.hpp"

namespace service {
namespace {

using read_job = core::result<std::unique_ptr<sign_job>>;

http::reply sign_item(read_job const& job, http::request const& request, shared_state& shared)
{
    if (!job)
        return http::problem(job.error(), request, sign_job::where(job.error()));
    if (std::chrono::steady_clock::now() > request.deadline())
        return http::problem(core::errc::overloaded, request);
    auto signed_body = (*job)->run(&pool_operations(), shared.metrics);
    return signed_body ? http::json_reply(std::move(*signed_body))
                       : http::problem(signed_body.error(), request, (*job)->where());
}

core::failure too_dear()
{
    return core::failure::of_member(
        "items", "A batch holds no more RSA signatures and passwords than limits.batch_dear_items."
    );
}

/// RSA keys whose primes have to be recovered count before they are read.
std::size_t recoveries_of(batch_items const& batch)
{
    std::size_t count = 0;
    for (auto const& item : batch.requests)
        count += prime_recoveries(item.root());
    return count;
}

}  // namespace

asio::awaitable<http::reply> handle_sign_batch(http::request const& request, worker& here)
{
    auto& shared = here.shared;
    auto const body = parse_body(request.body(), shared.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto const batch = read_batch(body->root(), shared.settings.limits.batch_items, false);
    if (!batch)
        co_return http::problem(batch.error(), request);
    auto const recoveries = shared.settings.inline_keys.sign ? recoveries_of(*batch) : 0;
    if (recoveries > shared.settings.limits.batch_dear_items)
        co_return http::problem(too_dear(), request);

    // Read on another thread, as the keys of 256 items are work, it must not see the worker's view
    // replaced.
    auto const seen = here.current();
    sign_job::scope const scope{request.who(),  shared.settings, *seen->ring,
                                shared.metrics, shared.now(),    seen->others.get()};
    read_jobs<sign_job> read;
    auto work = [&batch, &scope, &request, &shared, &read] {
        auto const read_one = [&scope](core::json::value item) {
            return sign_job::read(item, scope);
        };
        auto const dear_max = shared.settings.limits.batch_dear_items;
        read = read_all<sign_job>(*batch, request.deadline(), read_one, dear_max, too_dear());
        std::vector<http::reply> results;
        if (read.refusal)
            return results;
        for (auto const& job : read.jobs)
            results.push_back(sign_item(job, request, shared));
        return results;
    };
    auto const results = co_await run_on(shared.cpu, std::move(work));
    if (read.refusal)
        co_return http::problem(*read.refusal, request);
    co_return batch_reply(results);
}

}  // namespace service
