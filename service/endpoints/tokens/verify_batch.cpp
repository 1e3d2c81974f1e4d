#include "service/endpoints/tokens/batch.hpp"
#include "service/endpoints/tokens/perform.hpp"
#include "service/operations/verify_reply.hpp"
#include "service/operations/verify_request_reader.hpp"

#include <algorithm>

namespace service {
namespace {

using time_point = std::chrono::steady_clock::time_point;

/// Items that lack a key wait one after the other: nearly always for the same fetch.
constexpr std::chrono::seconds batch_wait_max{2};

/// One item and its answer, the same that /verify would give.
struct batch_item {
    core::result<verify_request> request;
    operation_answer answer{core::errc::internal};
    std::optional<verdict> unfinished{};  ///< a key is missing, and there is no answer yet
};

/// A batch that goes through the pool. It owns everything that it needs there.
struct verify_batch {
    batch_items items;
    request_scope in;
    time_point deadline;
    std::vector<batch_item> done{};

    std::optional<core::failure> read_and_verify();
    /// Answers the items that lacked a key: with the keys that are there by now where they may help.
    void finish(std::shared_ptr<snapshot const> const& now_seen);
    bool lacks_keys() const;

private:
    void verify_item(batch_item& one) const;
    static bool has_newer_keys(batch_item const& one, snapshot const& now_seen);
};

core::failure too_expensive()
{
    return core::failure::of_member(
        "tokens", "A batch may have at most limits.batch_dear_items RSA decryptions."
    );
}

void verify_batch::verify_item(batch_item& one) const
{
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
    if (found.missing)
        one.unfinished = std::move(found);
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
        verify_item(done.emplace_back(batch_item{std::move(one)}));
    return std::nullopt;
}

/// Whether the issuer of an unfinished item has other keys than those with which it was verified.
bool verify_batch::has_newer_keys(batch_item const& one, snapshot const& now_seen)
{
    auto const issuer = one.unfinished->missing->issuer;
    auto const& before = one.request->terms.seen->others->issuers[issuer];
    return now_seen.others->issuers[issuer].keys != before.keys;
}

void verify_batch::finish(std::shared_ptr<snapshot const> const& now_seen)
{
    for (auto& one : done) {
        if (!one.unfinished)
            continue;
        auto& terms = one.request->terms;
        if (has_newer_keys(one, *now_seen)) {
            terms.look_again(now_seen);
            verify_item(one);
        } else {
            one.answer = answer_of(*one.unfinished, terms, in);
        }
        one.unfinished.reset();
    }
}

bool verify_batch::lacks_keys() const
{
    return std::ranges::any_of(done, [](batch_item const& one) {
        return one.unfinished.has_value();
    });
}

asio::awaitable<void> wait_for_all(std::vector<batch_item> const& items, issuer_registry& issuers)
{
    auto const end = std::chrono::steady_clock::now() + batch_wait_max;
    for (auto const& item : items) {
        if (item.unfinished && std::chrono::steady_clock::now() < end)
            co_await issuers.wait_for(*item.unfinished->missing);
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
    auto const batch = std::make_shared<verify_batch>(verify_batch{
        std::move(*items), scope_of(request, here), request.deadline()});
    auto work = [batch] { return batch->read_and_verify(); };
    auto const refusal = co_await run_on(shared.cpu, std::move(work));
    if (refusal)
        co_return http::problem(*refusal, request);
    if (batch->lacks_keys()) {
        co_await wait_for_all(batch->done, shared.issuers);
        auto again = [batch, now_seen = here.current()] {
            batch->finish(now_seen);
            return true;
        };
        co_await run_on(shared.cpu, std::move(again));
    }
    std::vector<http::reply> results;
    for (auto& one : batch->done)
        results.push_back(reply_of(std::move(one.answer), request));
    co_return batch_reply(results);
}

}  // namespace service
