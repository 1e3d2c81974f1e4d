#include "service/endpoints/tokens/batch.hpp"
#include "service/endpoints/tokens/perform.hpp"
#include "service/operations/verify_reply.hpp"
#include "service/operations/verify_request_reader.hpp"

#include <algorithm>

namespace service {
namespace {

using time_point = std::chrono::steady_clock::time_point;

/// Items that lack a key wait together, and no longer than a single request would.
constexpr std::chrono::seconds batch_wait_max{2};

/// One item and its answer, the same that /verify would give.
struct batch_item {
    core::result<verify_request> request;
    operation_answer answer{core::errc::internal};
    std::optional<missing_key> missing{};  ///< then there is no answer yet
};

/// A batch that goes through the pool. It owns everything that it needs there.
struct verify_batch {
    batch_items items;
    request_scope in;
    time_point deadline;
    std::vector<batch_item> done{};

    std::optional<core::failure> read_and_verify();
    /// Verifies the items that lacked a key once more, with the keys that are there by now.
    void verify_again(std::shared_ptr<snapshot const> const& now_seen);
    bool lacks_keys() const;

private:
    void verify_item(batch_item& one, bool may_miss) const;
};

core::failure too_expensive()
{
    return core::failure::of_member(
        "tokens", "A batch may have at most limits.batch_dear_items RSA decryptions."
    );
}

void verify_batch::verify_item(batch_item& one, bool may_miss) const
{
    one.missing.reset();
    if (!one.request) {
        one.answer = refusal_of_unread_verify(one.request.error());
        return;
    }
    if (std::chrono::steady_clock::now() > deadline) {
        one.answer = {core::errc::overloaded, context::request};
        return;
    }
    auto const& terms = one.request->terms;
    auto found = verify(terms, one.request->token, in.now, &pool_operations(), in.counters);
    if (may_miss && found.missing)
        one.missing = std::move(found.missing);
    else
        one.answer = answer_of(found, terms, in);
}

/// Returns  why the whole batch is refused; nullopt = it is not.
std::optional<core::failure> verify_batch::read_and_verify()
{
    auto const read_one = [this](core::json::value item) { return read_verify_request(item, in); };
    auto const costs = [](verify_request const& one) { return is_expensive(one.terms, one.token); };
    auto read = read_all<verify_request>(
        items, deadline, read_one, costs, in.settings().limits.batch_dear_items, too_expensive()
    );
    if (read.refusal)
        return std::move(read.refusal);
    for (auto& one : read.requests)
        verify_item(done.emplace_back(batch_item{std::move(one)}), true);
    return std::nullopt;
}

void verify_batch::verify_again(std::shared_ptr<snapshot const> const& now_seen)
{
    for (auto& one : done) {
        if (!one.missing)
            continue;
        one.request->terms.look_again(now_seen);
        verify_item(one, false);
    }
}

bool verify_batch::lacks_keys() const
{
    return std::ranges::any_of(done, [](batch_item const& one) { return one.missing.has_value(); });
}

asio::awaitable<void> wait_for_all(std::vector<batch_item> const& items, issuer_registry& issuers)
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
    auto items = read_batch(body->root(), shared.settings.limits.batch_items, true);
    if (!items)
        co_return http::problem(items.error(), request);

    // Reading is done on the pool as well: the keys of 256 items take time.
    auto const in = scope_of(request, here);
    auto const from = origin_of(in);
    auto const batch =
        std::make_shared<verify_batch>(verify_batch{std::move(*items), in, request.deadline()});
    auto work = [batch] { return batch->read_and_verify(); };
    auto const refusal = co_await run_on(shared.cpu, from, std::move(work));
    if (!refusal)
        co_return http::problem(core::errc::overloaded, request);
    if (*refusal)
        co_return http::problem(**refusal, request);
    if (batch->lacks_keys()) {
        co_await wait_for_all(batch->done, shared.issuers);
        auto again = [batch, now_seen = here.current()] {
            batch->verify_again(now_seen);
            return true;
        };
        auto const looked = co_await run_on(shared.cpu, from, std::move(again));
        if (!looked)
            co_return http::problem(core::errc::overloaded, request);
    }
    std::vector<http::reply> results;
    for (auto& one : batch->done)
        results.push_back(reply_of(std::move(one.answer), request));
    co_return batch_reply(results);
}

}  // namespace service
