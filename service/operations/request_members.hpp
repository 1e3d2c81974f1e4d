#pragma once

#include "core/json/json.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace service {

/// The members of one request: those of its JSON object or, in a batch, those of one item and those
/// that all items share, without a copy of either. A handle like core::json::value, and valid as
/// long as its documents.
class request_members {
public:
    /// Precondition: an object.
    request_members(core::json::value object) : own_(object) {}  // NOLINT: a request is its object

    /// One item of a batch.
    ///
    /// item     an object, or a string: then it is the member `token`.
    /// body     the batch's own object.
    /// list     the name of the member of `body` that has the items, and is shared by none.
    request_members(core::json::value item, core::json::value body, std::string_view list)
        : own_(item), shared_(body), list_(list)
    {
    }

    /// The member of this name, of the item before the shared ones.
    std::optional<core::json::value> find(std::string_view name) const noexcept;
    /// The name of the first member that is not in the list; nullopt when all are.
    std::optional<std::string_view> first_not_in(std::span<std::string_view const> known) const;
    /// The names of at most `count` members of its own, in their order.
    std::vector<std::string_view> first_names(std::size_t count) const;

private:
    core::json::value own_;
    std::optional<core::json::value> shared_;
    std::string_view list_;
};

}  // namespace service
