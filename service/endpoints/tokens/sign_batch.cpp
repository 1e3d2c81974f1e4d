#include "service/endpoints/tokens/batch.hpp"
#include "service/endpoints/tokens/perform.hpp"
#include "service/operations/inline_keys.hpp"
#include "service/operations/sign.hpp"

namespace service {
namespace {

using time_point = std::chrono::steady_clock::time_point;
using answers = core::result<std::vector<operation_answer>>;

core::failure too_expensive()
{
    return core::failure::of_member(
        "items", "A batch may have at most limits.batch_dear_items RSA signatures and passwords."
    );
}

/// RSA keys whose primes have to be recovered are counted before they are read.
std::size_t recoveries_of(batch_items const& batch)
{
    std::size_t count = 0;
    for (auto const& item : batch.requests)
        count += prime_recoveries(item.root());
    return count;
}

/// The answer to each item, or why the whole batch is refused.
answers sign_all(batch_items const& batch, request_scope const& in, time_point deadline)
{
    auto const read_one = [&in](core::json::value item) { return sign_operation.read(item, in); };
    auto const read = read_all<sign_request>(
        batch, deadline, read_one, sign_operation.is_expensive_to_run,
        in.settings().limits.batch_dear_items, too_expensive()
    );
    if (read.refusal)
        return *read.refusal;
    std::vector<operation_answer> done;
    done.reserve(read.requests.size());
    for (auto const& one : read.requests) {
        if (one && std::chrono::steady_clock::now() > deadline)
            done.push_back({core::errc::overloaded, context::request});
        else
            done.push_back(sign_operation.finish(one, in, &pool_operations()));
    }
    return done;
}

}  // namespace

asio::awaitable<http::reply> handle_sign_batch(http::request const& request, worker& here)
{
    auto& shared = here.shared;
    auto const& limits = shared.settings.limits;
    auto const body = parse_body(request.body(), limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto batch = read_batch(body->root(), limits.batch_items, false);
    if (!batch)
        co_return http::problem(batch.error(), request);
    auto const recoveries = shared.settings.inline_keys.sign ? recoveries_of(*batch) : 0;
    if (recoveries > limits.batch_dear_items)
        co_return http::problem(too_expensive(), request);

    // Everything is done on the pool: the keys of 256 items take time.
    auto items = std::make_shared<batch_items const>(std::move(*batch));
    auto const in = scope_of(request, here);
    auto work = [items, in, deadline = request.deadline()] {
        return sign_all(*items, in, deadline);
    };
    auto done = co_await run_on(shared.cpu, origin_of(in), std::move(work));
    if (!done)
        co_return http::problem(core::errc::overloaded, request);
    if (!*done)
        co_return http::problem(done->error(), request);
    std::vector<http::reply> results;
    for (auto& one : **done)
        results.push_back(reply_of(std::move(one), request));
    co_return batch_reply(results);
}

}  // namespace service
