#pragma once

#include "core/time.hpp"
#include "service/cli/answer.hpp"

#include <string_view>

namespace service::cli {

/// The endpoints that work without a service.
enum class verb { sign, verify, inspect };
std::string_view path_of(verb what) noexcept;

/// Answers a request in this process, by the code that the endpoints run: inline keys are open,
/// there is no profile and no caller.
///
/// body             the JSON that POST /sign, /verify or /inspect would get.
/// allow_weak_hmac  admits HMAC secrets that are shorter than their hash.
answer answer_offline(verb what, std::string_view body, bool allow_weak_hmac, core::instant now);

}  // namespace service::cli
