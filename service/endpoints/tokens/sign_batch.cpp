#include "core/algorithms/work_costs.hpp"
#include "service/endpoints/tokens/batch_work.hpp"
#include "service/operations/admit_caller.hpp"
#include "service/operations/sign.hpp"

namespace service {
namespace {

/// A batch that is signed on the pool. It owns everything that it needs there but the request's own
/// octets.
class sign_batch : public batch_work {
public:
    sign_batch(http::request const& request, worker& here)
        : batch_work(request, here), request_(request)
    {
    }

    http::reply run()
    {
        auto const& limits = in_.settings().limits;
        auto const body = parse_body(request_.body(), limits, in_.budget);
        if (!body)
            return http::problem(body.error(), request_);
        auto const items = batch_items::read(body->root(), limits.batch_items, false);
        if (!items)
            return http::problem(items.error(), request_);
        if (auto const refusal = read_all(*items))
            return http::problem(*refusal, request_);
        // Nothing is signed before it is known that the batch is not refused as a whole.
        std::vector<operation_answer> done;
        for (std::size_t i = 0; i < requests_.size(); ++i) {
            auto& one = requests_[i];
            note_item(i);
            bool const is_late = one && std::chrono::steady_clock::now() > request_.deadline();
            done.push_back(
                is_late ? operation_answer{core::errc::overloaded, context::request}
                        : sign_operation.finish(one, in_, &pool_operations())
            );
            one = core::errc::internal;  // its memory goes while the answers grow
        }
        return batch_reply(std::move(done), request_, take_notes());
    }

private:
    std::optional<core::failure> read_all(batch_items const& items)
    {
        auto const again = core::costs::of_reading(items.shared_octets());
        note_items(items.requests().size());
        for (auto const& item : items.requests()) {
            note_item(requests_.size());
            core::result<sign_request> request = core::errc::work_exceeded;
            if (std::chrono::steady_clock::now() > request_.deadline())
                request = core::errc::overloaded;
            else if (auto const limited = admit_item(in_, requests_.size()); !limited)
                request = limited.error();
            else if (charge(in_.budget, again))
                request = sign_operation.read(item, in_);
            if (!request && items.blames_shared(request.error()))
                return request.error();
            requests_.push_back(std::move(request));
        }
        return std::nullopt;
    }

    http::request const& request_;
    std::vector<core::result<sign_request>> requests_;
};

}  // namespace

asio::awaitable<http::reply> handle_sign_batch(http::request const& request, worker& here)
{
    auto const batch = std::make_shared<sign_batch>(request, here);
    auto work = [batch] { return batch->run(); };
    auto done = co_await run_on(here.shared.cpu, batch->costs.from, std::move(work));
    if (!done)
        co_return http::problem(core::errc::overloaded, request);
    co_return std::move(*done);
}

}  // namespace service
