#pragma once

#include "core/crypto/encryption_provider.hpp"
#include "core/crypto/signature_provider.hpp"

#include <span>
#include <string>
#include <vector>

namespace core::crypto {

/// Whether a library can be used.
enum class provider_state : std::uint8_t {
    usable,
    absent,  ///< this build or this machine does not have it
    faulty,  ///< it is there, and gives wrong answers (see passes_self_test)
};

/// Opens and tests the library when it is first asked for; later calls return what was found then.
provider_state state_of(crypto_provider provider);

/// The provider, or null when it is not usable.
signature_provider const* find_signature_provider(crypto_provider provider);

/// Chooses the providers of this process. Called once, at the start, before other threads make
/// signers and verifiers: those keep theirs. Until then all are in use. Botan is always in use.
void use_providers(std::span<crypto_provider const> chosen) noexcept;

/// Whether the provider is chosen and usable.
bool is_in_use(crypto_provider provider);

/// The provider of this row and key that is chosen, usable and faster than Botan; null when there
/// is none.
signature_provider const* faster_than_botan(signature_algorithm const& row, key const* material);

/// OpenSSL when it is chosen and usable, else null: it is the only one that is faster than Botan at
/// encrypting keys and agreeing on them.
encryption_provider const* encryption_faster_than_botan();

/// Which library signs and verifies with a key of this family, and which one opens with an RSA key:
/// what is to be charged depends on it.
crypto_provider provider_of(signature_algorithm const& row, key_family family);
crypto_provider provider_of(key_management_algorithm const& row);

/// Which provider signs and verifies.
struct algorithm_provider {
    std::string_view algorithm;
    crypto_provider provider;
};
/// Every signature algorithm. An algorithm of several families has an entry for each of its
/// providers.
std::vector<algorithm_provider> algorithm_providers();

/// The libraries in use, in the order of crypto_provider.
struct library_in_use {
    crypto_provider provider;
    std::string version;  ///< "OpenSSL 3.0.19"
};
std::vector<library_in_use> libraries_in_use();

}  // namespace core::crypto
