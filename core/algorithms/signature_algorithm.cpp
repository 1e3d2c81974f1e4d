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

}  // namespace

signature_algorithm const* find_signature_algorithm(std::string_view name) noexcept
{
    auto const row = std::ranges::find(signature_algorithms, name, &signature_algorithm::name);
    return row == signature_algorithms.end() ? nullptr : &*row;
}

hash hash_of(signature_algorithm const& row, key_family family) noexcept
{
    if (row.scheme == signature_scheme::eddsa)
        return family == key_family::ed448 ? hash::shake256 : hash::sha512;
    return row.hash;
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
    return row_of(family).signs_with;
}

}  // namespace core
