#pragma once

#include "tests/service/endpoints/tokens/token_service.hpp"

#include <string>
#include <string_view>

namespace tests {

/// token_settings with the series `sealed` (ECDH-ES+A256KW, for caller `orders`), the issuer
/// `partner` with a key of use enc, inline keys everywhere, and the profile `nested`, which
/// decrypts.
config::settings sealed_settings();

/// Another series of use enc, for caller `orders`.
void add_series(
    config::settings& to, std::string_view name, std::string_view alg, core::key_family family,
    std::size_t bits = 0
);

/// The token that /encrypt answers for these members, as the configured caller.
std::string sealed_token(live_service& by, std::string_view members);

/// The reply to /decrypt of this token, as the configured caller.
answer
opened(live_service& by, std::string_view token, std::string_view more = R"(,"key_name":"sealed")");

/// A nested token: signed by the default profile and encrypted with these members.
std::string nested_token(
    live_service& by, std::string_view claims = R"({"sub":"alice"})",
    std::string_view members = R"("key_name":"sealed")"
);

}  // namespace tests
