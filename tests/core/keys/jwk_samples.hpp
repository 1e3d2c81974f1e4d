#pragma once

#include "core/keys/jwk.hpp"

#include <string>
#include <string_view>

namespace samples {

// Members of keys, without the braces around them.
inline constexpr std::string_view ed25519_public =
    R"("kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")";
inline constexpr std::string_view ec_public =
    R"("kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")";
inline constexpr std::string_view oct_secret =
    R"("kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")";

/// The key with these members.
inline core::result<core::jwk> parsed(std::string_view members, std::string_view more = "")
{
    return core::parse_jwk_text("{" + std::string(members) + std::string(more) + "}");
}

}  // namespace samples
