#pragma once

#include "core/base/time.hpp"
#include "service/cli/answer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace service::cli {

/// The endpoints that work without a service.
enum class verb { sign, verify, encrypt, decrypt, inspect };
std::string_view path_of(verb what) noexcept;

/// What `inline_keys` would allow in a service's configuration.
struct offline_permissions {
    bool weak_hmac = false;               ///< HMAC secrets that are shorter than their hash
    bool zip = false;                     ///< compressed tokens
    std::vector<std::string> algorithms;  ///< those that are off by default
};

/// Answers a request in this process, with the code that the endpoints run: inline keys are
/// allowed, and there are no profiles and no callers.
///
/// body     the JSON that the endpoint would get by POST.
/// opened   what the command line allows beyond the defaults.
answer answer_offline(
    verb what, std::string_view body, offline_permissions const& opened, core::instant now
);

}  // namespace service::cli
