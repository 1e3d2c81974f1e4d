#include "core/inspect/inspect_key.hpp"

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/algorithms/signature_algorithm.hpp"

namespace core {
namespace {

/// Whether the key is for encryption. The size limits of signatures then do not apply.
bool encrypts(jwk const& key)
{
    return key.use == key_use::enc || is_encryption_algorithm(key.alg, key.material->family());
}

}  // namespace

std::string_view default_algorithm(jwk const& key) noexcept
{
    auto const family = key.material->family();
    auto const signs = default_signature_algorithm(family);
    if (encrypts(key) || signs.empty())
        return default_encryption(family, key.material->bits(), key.alg).alg;
    return key.alg.empty() ? signs : std::string_view(key.alg);
}

std::vector<finding> inspect_key(jwk const& key)
{
    std::vector<finding> found;
    auto const family = key.material->family();
    auto const bits = key.material->bits();
    if (family == key_family::rsa && bits < 2048)
        note(
            found, severity::error, "rsa_too_short",
            "RSA keys need 2048 bits or more (RFC 7518 section 3.3)."
        );
    if (family == key_family::secret && bits < 256 && !encrypts(key))
        note(
            found, severity::error, "secret_too_short",
            "HS256 needs a secret of 256 bits or more (RFC 7518 section 3.2)."
        );
    if (key.alg.empty())
        note(
            found, severity::info, "alg_not_bound",
            "A key that names its alg cannot be used with another.", "alg"
        );
    if (key.kid.empty() || key.kid_is_derived)
        note(
            found, severity::info, "kid_missing", "A kid lets verifiers find the key among others.",
            "kid"
        );
    if (key.use == key_use::any && key.ops == 0)
        note(
            found, severity::info, "use_not_bound",
            "State use or key_ops, so that the key has only one purpose.", "use"
        );
    return found;
}

}  // namespace core
