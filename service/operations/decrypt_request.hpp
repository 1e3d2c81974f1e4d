#pragma once

#include "core/jwe/unopened_jwe.hpp"
#include "service/operations/verify_terms.hpp"
#include "service/state/opening_keys.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace service {

/// A token to open by /decrypt. Everything but the token was checked; what remains is to open it
/// and, where requested, to verify its content.
struct decrypt_request {
    std::shared_ptr<core::json::document const> token_json;  ///< null = the token is compact
    core::result<core::unopened_jwe> token = core::errc::token_malformed;
    opening_keys keys;
    bool has_inline_keys = false;
    std::vector<core::left_out_key> skipped;  ///< of the request's set: not in `keys`
    bool ignore_kid = false;                  ///< a single key of the request
    std::vector<std::string> algorithms;      ///< those that are allowed; empty = does not narrow
    std::vector<std::string> encryptions;     ///< the same for enc
    std::optional<verify_terms> verify;       ///< nullopt = the plaintext is the answer
};

}  // namespace service
