#pragma once

#include "core/json.hpp"
#include "service/http/reply.hpp"
#include "service/http/request.hpp"

#include <memory>
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

/// `{"results": [...]}`: 200 when every item is 2xx, 503 when any is 5xx, else 422.
http::reply batch_reply(std::vector<http::reply> const& results);

}  // namespace service
