#include "core/algorithms/work_costs.hpp"
#include "service/endpoints/tokens/batch_work.hpp"
#include "service/operations/admit_caller.hpp"
#include "service/operations/verify_operation.hpp"
#include "service/operations/verify_reply.hpp"

namespace service {
namespace {

/// Items that lack a key wait one after the other: nearly always for the same fetch.
constexpr std::chrono::seconds batch_wait_max{2};

/// A batch that is verified on the pool, one item after the other, so that it never holds more than
/// one of them in memory. It owns everything that it needs there but the request's own octets.
class verify_batch : public batch_work {
public:
    verify_batch(http::request const& request, worker& here)
        : batch_work(request, here), request_(request)
    {
    }

    struct lacking_item {
        std::size_t index;
        verdict found;       ///< stays unless the issuer has other keys by now
        std::size_t source;  ///< of these: the issuer's index in the settings
    };
    std::vector<lacking_item> lacking;  ///< items that a fetch may help

    /// Returns  nullopt when items lack keys, and the batch has to be finished.
    std::optional<http::reply> run();
    /// Answers the items that lacked a key: with the keys that are there by now where they may help.
    ///
    /// now_seen  of the same configuration.
    http::reply finish(std::shared_ptr<snapshot const> now_seen);

private:
    /// A batch that is begun again, because of another configuration, has taken its items already.
    core::result<void> admit(std::size_t index)
    {
        return request_.has_waited() ? core::result<void>() : admit_item(in_, index);
    }
    /// Reads an item; answers it when that fails.
    ///
    /// Returns  nullopt when it was answered.
    std::optional<verify_request> read_item(std::size_t index, std::optional<core::failure>& blame);
    void verify_item(std::size_t index, verify_request const& request);
    void finish_item(lacking_item& one, snapshot const& before);

    http::request const& request_;
    std::vector<operation_answer> done_;
    std::optional<core::json::document> body_;
    std::optional<batch_items> items_;
};

std::optional<http::reply> verify_batch::run()
{
    auto const& limits = in_.settings().limits;
    auto body = parse_body(request_.body(), limits, in_.budget);
    if (!body)
        return http::problem(body.error(), request_);
    body_ = std::move(*body);
    auto items = batch_items::read(body_->root(), limits.batch_items, true);
    if (!items)
        return http::problem(items.error(), request_);
    items_ = std::move(*items);
    done_.resize(items_->requests().size());
    note_items(done_.size());
    for (std::size_t i = 0; i < done_.size(); ++i) {
        note_item(i);
        if (auto const limited = admit(i); !limited) {
            done_[i] = {limited.error(), context::request};
            continue;
        }
        std::optional<core::failure> blame;
        if (auto const request = read_item(i, blame))
            verify_item(i, *request);
        if (blame)
            return http::problem(*blame, request_);
    }
    if (!lacking.empty())
        return std::nullopt;
    return batch_reply(std::move(done_), request_, take_notes());
}

/// blame    set when a member that all items share is the cause.
std::optional<verify_request>
verify_batch::read_item(std::size_t index, std::optional<core::failure>& blame)
{
    auto const refuse = [&](core::errc why) {
        done_[index] = {why, context::request};
        return std::nullopt;
    };
    if (std::chrono::steady_clock::now() > request_.deadline())
        return refuse(core::errc::overloaded);
    if (!charge(in_.budget, core::costs::of_reading(items_->shared_octets())))
        return refuse(core::errc::work_exceeded);
    auto request = read_verify_request(items_->requests()[index], in_);
    if (request) {
        request->terms.has_waited = request_.has_waited();
        return std::move(*request);
    }
    if (items_->blames_shared(request.error()))
        blame = request.error();
    done_[index] = verify_operation.refuse(request.error());
    return std::nullopt;
}

void verify_batch::verify_item(std::size_t index, verify_request const& request)
{
    auto const& terms = request.terms;
    auto found =
        verify(terms, request.token, in_.now, &pool_operations(), in_.counters(), in_.budget);
    if (found.missing) {
        auto const source = terms.profile->issuer_sources[*found.issuer];
        lacking.push_back({index, std::move(found), source});
    } else
        done_[index] = answer_of(found, terms, in_);
}

http::reply verify_batch::finish(std::shared_ptr<snapshot const> now_seen)
{
    auto const before = std::exchange(in_.seen, std::move(now_seen));
    auto waiting = std::exchange(lacking, {});
    for (auto& one : waiting)
        finish_item(one, *before);
    return batch_reply(std::move(done_), request_, take_notes());
}

/// It is read once more, so that a batch never holds more than one item.
void verify_batch::finish_item(lacking_item& one, snapshot const& before)
{
    std::optional<core::failure> blame;
    note_item(one.index);
    auto request = read_item(one.index, blame);
    if (!request)
        return;
    request->terms.has_waited = true;
    bool const has_newer_keys =
        in_.seen->others->issuers[one.source].keys != before.others->issuers[one.source].keys;
    if (has_newer_keys)
        verify_item(one.index, *request);
    else
        done_[one.index] = answer_of(one.found, request->terms, in_);
}

asio::awaitable<void> wait_for_all(verify_batch const& batch, issuer_registry& issuers)
{
    auto const end = std::chrono::steady_clock::now() + batch_wait_max;
    for (auto const& item : batch.lacking) {
        if (std::chrono::steady_clock::now() < end)
            co_await issuers.wait_for(*item.found.missing);
    }
}

}  // namespace

asio::awaitable<http::reply> handle_verify_batch(http::request const& request, worker& here)
{
    auto& shared = here.shared;
    auto const batch = std::make_shared<verify_batch>(request, here);
    auto work = [batch] { return batch->run(); };
    auto done = co_await run_on(shared.cpu, batch->costs.from, std::move(work));
    if (done && !*done) {
        co_await wait_for_all(*batch, shared.issuers);
        auto const now_seen = here.current();
        if (!now_seen->is_of_same_configuration(*request.seen()))
            co_return http::begin_again();
        auto finish = [batch, now_seen] { return std::optional(batch->finish(now_seen)); };
        done = co_await run_on(shared.cpu, batch->costs.from.as_continued(), std::move(finish));
    }
    if (!done)
        co_return http::problem(core::errc::overloaded, request);
    co_return std::move(**done);
}

}  // namespace service
