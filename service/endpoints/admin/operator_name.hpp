#pragma once

#include "service/http/request.hpp"

#include <string>

namespace service {

/// Who administers, for the log and the journal: the caller's configured name, or "anyone" in
/// development mode.
std::string operator_name(http::request const& from);

}  // namespace service
