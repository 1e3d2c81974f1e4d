#pragma once

#include "core/base/error.hpp"
#include "service/http/request.hpp"
#include "service/state/snapshot.hpp"

#include <optional>

namespace service {

/// For requests whose body says nothing yet: it is empty, or an empty object.
///
/// Returns  what is wrong with any other body.
std::optional<core::failure> why_not_empty(http::request const& request, snapshot const& seen);

}  // namespace service
