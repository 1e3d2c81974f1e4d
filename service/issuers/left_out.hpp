#pragma once

#include "core/keys/own_keys.hpp"

#include <string_view>
#include <vector>

namespace service {

/// Logs, whenever this changes, which entries of an issuer's set are not used, and why. Warns of
/// what somebody has to look into: keys whose private half an issuer has published, and keys of our own
/// in its set. The private half of one of our own keys is an error: anybody can sign as we do until
/// that key is replaced.
void note_left_out(
    std::string_view issuer, std::vector<core::left_out_key> const& before,
    std::vector<core::left_out_key> const& now, core::own_keys const& ours
);

/// Whether the set that was read contains a private key or a secret.
bool gives_secrets_away(std::vector<core::left_out_key> const& left_out) noexcept;

}  // namespace service
