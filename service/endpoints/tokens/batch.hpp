#pragma once

#include "core/json/json.hpp"
#include "service/http/reply.hpp"
#include "service/http/request.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// The items of a batch, each as the request that a single call would have had: the item's members
/// and the shared ones.
struct batch_items {
    std::vector<core::json::document> requests;
    std::vector<std::string> shared_members;

    /// Whether a failure to read an item is the fault of a member that all items share: then the
    /// whole batch is refused.
    bool blames_shared(core::failure const& unread) const;
};

/// Reads `tokens` (strings, each becomes `token`) or `items` (objects) and spreads the shared
/// members over them.
///
/// Errors   request_invalid: neither or both, over `items_max`, an item that is no object, a member
/// that stands in the
///          shared part and in an item.
core::result<batch_items>
read_batch(core::json::value body, std::uint32_t items_max, bool takes_tokens);

/// The jobs of all items, or why the whole batch is refused.
template <class Job> struct read_jobs {
    std::vector<core::result<std::unique_ptr<Job>>> jobs;
    std::optional<core::failure> refusal;
};

/// Reads every item; after the deadline, items are overloaded.
///
/// read_one  reads one item's members.
/// dear_max  how many items may be dear; more refuse the batch with `too_dear`.
template <class Job, class ReadOne>
read_jobs<Job> read_all(
    batch_items const& batch, std::chrono::steady_clock::time_point deadline, ReadOne read_one,
    std::uint32_t dear_max, core::failure const& too_dear
)
{
    read_jobs<Job> read;
    std::uint32_t dear = 0;
    for (auto const& item : batch.requests) {
        bool const is_late = std::chrono::steady_clock::now() > deadline;
        core::result<std::unique_ptr<Job>> job = core::errc::overloaded;
        if (!is_late)
            job = read_one(item.root());
        if (!job && batch.blames_shared(job.error())) {
            read.refusal = job.error();
            return read;
        }
        if (job && (*job)->is_dear())
            ++dear;
        read.jobs.push_back(std::move(job));
    }
    if (dear > dear_max)
        read.refusal = too_dear;
    return read;
}

/// `{"results": [...]}`: 200 when every item is 2xx, 503 when any is 5xx, else 422.
http::reply batch_reply(std::vector<http::reply> const& results);

}  // namespace service
