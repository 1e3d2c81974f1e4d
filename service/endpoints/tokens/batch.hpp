#pragma once

#include "core/base/name_set.hpp"
#include "core/json/json.hpp"
#include "service/http/reply.hpp"
#include "service/operations/operation.hpp"

#include <string_view>
#include <vector>

namespace service {

/// The items of a batch, each as the request that a single call would have sent. They are views
/// into the batch's body.
class batch_items {
public:
    /// Reads `tokens` (strings, each becomes `token`) or `items` (objects).
    ///
    /// body     an object, untrusted. Must outlive the items.
    /// Errors   request_invalid: neither or both, over `items_max`, an item that is not an object,
    ///          a member that is both in the shared part and in an item.
    static core::result<batch_items>
    read(core::json::value body, std::uint32_t items_max, bool takes_tokens);

    std::vector<request_members> const& requests() const noexcept { return requests_; }
    /// How much text all items share, in octets: each of them reads it once more.
    std::size_t shared_octets() const noexcept { return shared_octets_; }
    /// Whether a failure to read an item is caused by a member that all items share: then the whole
    /// batch is refused.
    bool blames_shared(core::failure const& unread) const;

private:
    core::result<void> add(core::json::value item, core::json::value body, std::string_view list);

    std::vector<request_members> requests_;
    core::name_set shared_names_;
    std::size_t shared_octets_ = 0;
};

/// `{"results": [...]}`: 200 when every item is 2xx, 503 when any is 5xx, else 422.
///
/// notes    of the items, for the audit log, which gets how each of them ended; empty = it wants none.
http::reply batch_reply(
    std::vector<operation_answer> answers, http::addressee const& to,
    std::vector<core::audit_note> notes = {}
);

}  // namespace service
