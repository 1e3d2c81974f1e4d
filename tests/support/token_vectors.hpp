#pragma once

#include "core/jwe/decrypt.hpp"
#include "core/jwt/jwt.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Tokens made by others, verified as POST /verify does with inline keys.
namespace vectors {

/// Key material of one request: a single key (its kid decides nothing) or a set.
struct inline_keys {
    std::vector<core::jwk> keys;
    bool is_set = false;
};

/// A JWK, or an object with `keys`.
core::result<inline_keys> read_keys(core::json::value material);

/// A token: text in compact form, or the object of a JSON serialization.
struct token_of {
    std::optional<core::json::value> json;
    std::string_view compact;

    token_of(core::json::value row);
    token_of(std::string_view text) : compact(text) {}
};

/// Mode jws: any payload, no claims. Keys that name their algorithm bind it; the others are tried
/// under every algorithm of the table, which their family must fit.
core::result<core::verified_token> verify(
    inline_keys const& keys, token_of const& token, std::optional<std::string_view> detached = {}
);

/// Mode jwt with a policy that expects nothing but time.
core::result<core::verified_token>
verify_jwt(inline_keys const& keys, std::string_view token, core::instant now);

/// Opens a JWE with every algorithm on and zip allowed.
core::result<core::opened_jwe> open(inline_keys const& keys, token_of const& token);

/// Why a token was refused; empty when it was accepted.
template <class T> std::string_view code_of(core::result<T> const& outcome)
{
    return outcome ? std::string_view{} : core::to_string(outcome.error().code);
}

/// The same header and payload signed again, in compact form; nothing for the algorithms whose
/// signatures differ each time.
std::optional<std::string>
sign_again(core::jwk const& key, std::string_view token, std::optional<std::string_view> detached);

}  // namespace vectors
