#include "core/algorithms/signature_algorithm.hpp"

#include <algorithm>

namespace core {
namespace {

static_assert(
    [] {
        for (std::size_t i = 0; i < signature_algorithms.size(); ++i)
            for (std::size_t j = i + 1; j < signature_algorithms.size(); ++j)
                if (signature_algorithms[i].name == signature_algorithms[j].name)
                    return false;
        return true;
    }(),
    "one row per algorithm"
);

struct family_names {
    key_family family;
    std::string_view kty;
    std::string_view crv;
    std::string_view default_alg;
};

constexpr std::array families{
    family_names{key_family::secret, "oct", "", "HS256"},
    family_names{key_family::rsa, "RSA", "", "RS256"},
    family_names{key_family::p256, "EC", "P-256", "ES256"},
    family_names{key_family::p384, "EC", "P-384", "ES384"},
    family_names{key_family::p521, "EC", "P-521", "ES512"},
    family_names{key_family::secp256k1, "EC", "secp256k1", "ES256K"},
    family_names{key_family::ed25519, "OKP", "Ed25519", "EdDSA"},
    family_names{key_family::ed448, "OKP", "Ed448", "EdDSA"},
    family_names{key_family::x25519, "OKP", "X25519", ""},
    family_names{key_family::x448, "OKP", "X448", ""},
    family_names{key_family::ml_dsa_44, "AKP", "", "ML-DSA-44"},
    family_names{key_family::ml_dsa_65, "AKP", "", "ML-DSA-65"},
    family_names{key_family::ml_dsa_87, "AKP", "", "ML-DSA-87"},
};

family_names const& names_of(key_family family)
{
    return *std::ranges::find(families, family, &family_names::family);
}

}  // namespace

signature_algorithm const* find_signature_algorithm(std::string_view name) noexcept
{
    auto const row = std::ranges::find(signature_algorithms, name, &signature_algorithm::name);
    return row == signature_algorithms.end() ? nullptr : &*row;
}

bool admits(std::string_view stated, signature_algorithm const& row, key_family family) noexcept
{
    if (!row.families.contains(family))
        return false;
    if (stated == row.name)
        return true;
    if (row.scheme != signature_scheme::eddsa)
        return false;
    return stated == "EdDSA" || (row.name == "EdDSA" && stated == crv_of(family));
}

std::string_view default_signature_algorithm(key_family family) noexcept
{
    return names_of(family).default_alg;
}

std::string_view kty_of(key_family family) noexcept
{
    return names_of(family).kty;
}

std::string_view crv_of(key_family family) noexcept
{
    return names_of(family).crv;
}

std::optional<key_family> family_of_curve(std::string_view kty, std::string_view crv) noexcept
{
    for (auto const& row : families) {
        if (!crv.empty() && row.crv == crv && row.kty == kty)
            return row.family;
    }
    return std::nullopt;
}

std::optional<key_family> family_of_ml_dsa(std::string_view alg) noexcept
{
    for (auto const& row : families) {
        if (row.kty == "AKP" && row.default_alg == alg)
            return row.family;
    }
    return std::nullopt;
}

}  // namespace core
