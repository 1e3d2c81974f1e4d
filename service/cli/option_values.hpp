#pragma once

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/algorithms/signature_algorithm.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

/// The values of options that have a few: for completion and the manual page. The commands
/// themselves decide what they accept.
namespace service::cli {

template <std::size_t size> using value_names = std::array<std::string_view, size>;

template <class Rows> constexpr auto names_of_rows(Rows const& rows)
{
    value_names<std::tuple_size_v<Rows>> names;
    std::ranges::transform(rows, names.begin(), [](auto const& row) { return row.name; });
    return names;
}

template <std::size_t first, std::size_t second>
constexpr auto both(value_names<first> const& some, value_names<second> const& others)
{
    value_names<first + second> names;
    std::ranges::copy(others, std::ranges::copy(some, names.begin()).out);
    return names;
}

inline constexpr auto signature_names = names_of_rows(core::signature_algorithms);
inline constexpr auto key_management_names = names_of_rows(core::key_management_algorithms);
inline constexpr auto content_encryption_names = names_of_rows(core::content_encryption_algorithms);
inline constexpr auto algorithm_names =
    both(both(signature_names, key_management_names), content_encryption_names);
inline constexpr value_names<5> agreement_curves{"P-256", "P-384", "P-521", "X25519", "X448"};
inline constexpr value_names<2> key_uses{"sig", "enc"};
inline constexpr value_names<2> key_file_forms{"pem", "jwk"};
inline constexpr value_names<3> written_forms{"jwk", "pem", "jwks"};
inline constexpr value_names<3> serializations{"compact", "flattened", "general"};
inline constexpr value_names<2> verify_modes{"jwt", "jws"};
inline constexpr value_names<8> checks_to_skip{"exp", "nbf", "iat", "iss",
                                               "aud", "sub", "jti", "at_hash"};

}  // namespace service::cli
