#include "core/algorithms/encryption_algorithm.hpp"

#include <algorithm>

namespace core {

key_management_algorithm const* find_key_management(std::string_view alg) noexcept
{
    auto const row =
        std::ranges::find(key_management_algorithms, alg, &key_management_algorithm::name);
    return row == key_management_algorithms.end() ? nullptr : &*row;
}

content_encryption_algorithm const* find_content_encryption(std::string_view enc) noexcept
{
    auto const row =
        std::ranges::find(content_encryption_algorithms, enc, &content_encryption_algorithm::name);
    return row == content_encryption_algorithms.end() ? nullptr : &*row;
}

bool admits(
    std::string_view stated, key_management_algorithm const& row,
    content_encryption_algorithm const& enc, key_family family
) noexcept
{
    if (!row.families.contains(family))
        return false;
    return stated.empty() || stated == row.name
        || (row.scheme == key_management_scheme::direct && stated == enc.name);
}

bool is_encryption_algorithm(std::string_view alg, key_family family) noexcept
{
    if (auto const* row = find_key_management(alg))
        return row->families.contains(family);
    return family == key_family::secret && find_content_encryption(alg) != nullptr;
}

encryption_defaults
default_encryption(key_family family, std::size_t bits, std::string_view stated) noexcept
{
    if (find_content_encryption(stated) != nullptr)
        return {"dir", stated};
    if (auto const* row = find_key_management(stated);
        row != nullptr && row->scheme != key_management_scheme::direct)
        return {stated, "A256GCM"};
    if (auto const alg = row_of(family).encrypts_with; !alg.empty())
        return {alg, "A256GCM"};
    if (family != key_family::secret)
        return {"", ""};
    bool const is_direct = stated == "dir";
    switch (bits) {
    case 128:
        return is_direct ? encryption_defaults{"dir", "A128GCM"}
                         : encryption_defaults{"A128KW", "A256GCM"};
    case 192:
        return is_direct ? encryption_defaults{"dir", "A192GCM"}
                         : encryption_defaults{"A192KW", "A256GCM"};
    case 256:
        return is_direct ? encryption_defaults{"dir", "A256GCM"}
                         : encryption_defaults{"A256KW", "A256GCM"};
    case 384: return {"dir", "A192CBC-HS384"};
    case 512: return {"dir", "A256CBC-HS512"};
    default: return {"", ""};
    }
}

}  // namespace core
