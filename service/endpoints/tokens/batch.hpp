#pragma once

#include "core/json/json.hpp"
#include "service/http/reply.hpp"
#include "service/http/request.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// The items of a batch, each as the request that a single call would have sent: the item's members
/// and the shared ones.
struct batch_items {
    std::vector<core::json::document> requests;
    std::vector<std::string> shared_members;

    /// Whether a failure to read an item is caused by a member that all items share: then the whole
    /// batch is refused.
    bool blames_shared(core::failure const& unread) const;
};

/// Reads `tokens` (strings, each becomes `token`) or `items` (objects) and adds the shared members
/// to each of them.
///
/// Errors   request_invalid: neither or both, over `items_max`, an item that is not an object, a
///          member that is both in the shared part and in an item.
core::result<batch_items>
read_batch(core::json::value body, std::uint32_t items_max, bool takes_tokens);

/// The requests of all items, or why the whole batch is refused.
template <class Request> struct read_items {
    std::vector<core::result<Request>> requests;
    std::optional<core::failure> refusal;
};

/// Reads every item; after the deadline, items are overloaded.
///
/// read_one       reads one item's members.
/// is_expensive   whether what was read counts as expensive.
/// expensive_max  how many items may be expensive; more refuse the batch with `too_expensive`.
template <class Request, class ReadOne, class IsExpensive>
read_items<Request> read_all(
    batch_items const& batch, std::chrono::steady_clock::time_point deadline, ReadOne read_one,
    IsExpensive is_expensive, std::uint32_t expensive_max, core::failure const& too_expensive
)
{
    read_items<Request> read;
    std::uint32_t expensive = 0;
    for (auto const& item : batch.requests) {
        bool const is_late = std::chrono::steady_clock::now() > deadline;
        core::result<Request> request = core::errc::overloaded;
        if (!is_late)
            request = read_one(item.root());
        if (!request && batch.blames_shared(request.error())) {
            read.refusal = request.error();
            return read;
        }
        if (request && is_expensive(*request))
            ++expensive;
        read.requests.push_back(std::move(request));
    }
    if (expensive > expensive_max)
        read.refusal = too_expensive;
    return read;
}

/// `{"results": [...]}`: 200 when every item is 2xx, 503 when any is 5xx, else 422.
http::reply batch_reply(std::vector<http::reply> const& results);

}  // namespace service
