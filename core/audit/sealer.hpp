#pragma once

#include "core/crypto/digest.hpp"
#include "core/crypto/signature.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace core {

/// Shortest secret that seals, in octets: RFC 2104 section 3, "keys less than L bytes are strongly
/// discouraged".
inline constexpr std::size_t audit_secret_min = 32;

/// Makes the seals that link audit records. Only one thread may use it at a time.
class audit_sealer {
public:
    /// secret   seals by HMAC-SHA-256 (RFC 2104), so that only who has it can continue or rewrite a
    ///          chain; null = SHA-256 (FIPS 180-4), which anybody can compute.
    explicit audit_sealer(crypto::key_ptr secret = nullptr);

    /// The seal of a text: 43 characters of base64url.
    std::string seal_of(std::string_view text);
    bool has_secret() const noexcept { return signer_ != nullptr; }

    static constexpr std::size_t seal_size = 43;

private:
    crypto::hasher hasher_;
    std::unique_ptr<crypto::signer> signer_;  // null = there is no secret
};

/// The seal before the first record of a chain: 32 octets of zero.
inline constexpr std::string_view no_seal = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
static_assert(no_seal.size() == audit_sealer::seal_size);

}  // namespace core
