#include "service/endpoints/tokens/batch.hpp"
#include "service/http/route.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/verify_reply.hpp"
#include "service/operations/verify_request_reader.hpp"
#include "service/runtime/pool_operations.hpp"

#include <algorithm>

namespace service {
namespace {

using read_request = core::result<std::unique_ptr<verify_request>>;

/// Items that lack a key wait together, and no longer than one request would.
constexpr std::chrono::seconds batch_wait_max{2};

struct item_outcome {
    http::reply reply;
    std::optional<missing_key> missing;  ///< then there is no reply yet
};

/// One item, as /verify would have answered it.
item_outcome verify_item(
    read_request const& read, http::request const& request, shared_state& shared, bool may_miss
)
{
    item_outcome done;
    if (!read) {
        done.reply = http::problem(read.error(), request, context_of_unread_verify(read.error()));
        return done;
    }
    if (std::chrono::steady_clock::now() > request.deadline()) {
        done.reply = http::problem(core::errc::overloaded, request);
        return done;
    }
    auto const& [terms, token] = **read;
    auto const now = shared.now();
    auto found = verify(terms, token, now, &pool_operations(), shared.metrics);
    if (may_miss && found.missing) {
        done.missing = std::move(found.missing);
        return done;
    }
    count(found, terms, shared.metrics);
    done.reply = found.token ? http::json_reply(verify_reply(found, terms, now))
                             : http::problem(found.token.error(), request, terms.where());
    return done;
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

bool lacks_key(item_outcome const& one)
{
    return one.missing.has_value();
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
    read_jobs<verify_request> read;
    auto work = [&batch, seen = here.current(), &request, &shared, &read] {
        auto const read_one = [&](core::json::value item) -> read_request {
            auto one = read_verify_request(item, seen, request.who());
            if (!one)
                return one.error();
            return std::make_unique<verify_request>(std::move(*one));
        };
        auto const dear_max = shared.settings.limits.batch_dear_items;
        read = read_all<verify_request>(*batch, request.deadline(), read_one, dear_max, too_dear());
        std::vector<item_outcome> outcomes;
        for (std::size_t i = 0; !read.refusal && i < read.jobs.size(); ++i)
            outcomes.push_back(verify_item(read.jobs[i], request, shared, true));
        return outcomes;
    };
    auto items = co_await run_on(shared.cpu, std::move(work));
    if (read.refusal)
        co_return http::problem(*read.refusal, request);

    if (std::ranges::any_of(items, lacks_key)) {
        co_await wait_for_all(items, shared.issuers);
        auto again = [now_seen = here.current(), &request, &shared, &read, &items] {
            for (std::size_t i = 0; i < items.size(); ++i) {
                if (!lacks_key(items[i]))
                    continue;
                (*read.jobs[i])->terms.look_again(now_seen);
                items[i] = verify_item(read.jobs[i], request, shared, false);
            }
            return true;
        };
        co_await run_on(shared.cpu, std::move(again));
    }
    std::vector<http::reply> results;
    for (auto& one : items)
        results.push_back(std::move(one.reply));
    co_return batch_reply(results);
}

}  // namespace service
