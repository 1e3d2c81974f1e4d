#include "service/endpoints/tokens/batch.hpp"
#include "service/http/route.hpp"
#include "service/issuers/registry.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/verify_job.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/pool_operations.hpp"

#include <algorithm>

namespace service {
namespace {

using read_job = core::result<std::unique_ptr<verify_job>>;

/// Items that lack a key wait together, and no longer than one request would.
constexpr std::chrono::seconds batch_wait_max{2};

struct item_outcome {
    http::reply reply;
    std::optional<missing_key> missing;  ///< then there is no reply yet
};

/// One item, as /verify would have answered it.
item_outcome
verify_item(read_job const& job, http::request const& request, shared_state& shared, bool may_miss)
{
    item_outcome done;
    if (!job) {
        done.reply = http::problem(job.error(), request, verify_job::where(job.error()));
        return done;
    }
    if (std::chrono::steady_clock::now() > request.deadline()) {
        done.reply = http::problem(core::errc::overloaded, request);
        return done;
    }
    auto const now = shared.now();
    auto const token =
        (*job)->run(now, &pool_operations(), shared.metrics, may_miss ? &done.missing : nullptr);
    if (!done.missing)
        done.reply = token ? http::json_reply((*job)->reply_body(*token, now))
                           : http::problem(token.error(), request, (*job)->where());
    return done;
}

std::vector<item_outcome>
verify_items(std::vector<read_job> const& jobs, http::request const& request, shared_state& shared)
{
    std::vector<item_outcome> outcomes;
    for (auto const& job : jobs)
        outcomes.push_back(verify_item(job, request, shared, true));
    return outcomes;
}

core::failure too_dear()
{
    return core::failure::of_member(
        "tokens", "A batch holds no more RSA decryptions than limits.batch_dear_items."
    );
}

asio::awaitable<void> wait_for_all(std::vector<item_outcome> const& items, issuer_registry& issuers)
{
    auto const end = std::chrono::steady_clock::now() + batch_wait_max;
    for (auto const& item : items) {
        if (item.missing && std::chrono::steady_clock::now() < end)
            co_await issuers.wait_for(*item.missing);
    }
}

}  // namespace

asio::awaitable<http::reply> handle_verify_batch(http::request const& request, worker& here)
{
    auto& shared = here.shared;
    auto const body = parse_body(request.body(), shared.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto const batch = read_batch(body->root(), shared.settings.limits.batch_items, true);
    if (!batch)
        co_return http::problem(batch.error(), request);

    // Read on the pool as well: the keys of 256 items are work.
    using job = std::unique_ptr<verify_job>;
    read_items<job> read;
    auto const seen = here.current();
    auto work = [&batch, &seen, &request, &shared, &read] {
        auto const read_one = [&](core::json::value item) {
            return verify_job::read(item, seen, request.who());
        };
        auto const is_dear = [](job const& one) { return one->is_dear(); };
        auto const dear_max = shared.settings.limits.batch_dear_items;
        read = read_all<job>(*batch, request.deadline(), read_one, is_dear, dear_max, too_dear());
        return read.refusal ? std::vector<item_outcome>()
                            : verify_items(read.requests, request, shared);
    };
    auto items = co_await run_on(shared.cpu, std::move(work));
    if (read.refusal)
        co_return http::problem(*read.refusal, request);
    auto& jobs = read.requests;

    auto const lacks_key = [](item_outcome const& one) { return one.missing.has_value(); };
    if (std::ranges::any_of(items, lacks_key)) {
        co_await wait_for_all(items, shared.issuers);
        for (std::size_t i = 0; i < jobs.size(); ++i)
            if (lacks_key(items[i]))
                jobs[i] =
                    verify_job::read(batch->requests[i].root(), here.current(), request.who());
        auto second = [&request, &shared, &jobs, &items, &lacks_key] {
            for (std::size_t i = 0; i < jobs.size(); ++i)
                if (lacks_key(items[i]))
                    items[i] = verify_item(jobs[i], request, shared, false);
            return true;
        };
        co_await run_on(shared.cpu, std::move(second));
    }
    std::vector<http::reply> results;
    for (auto& one : items)
        results.push_back(std::move(one.reply));
    co_return batch_reply(results);
}

}  // namespace service
