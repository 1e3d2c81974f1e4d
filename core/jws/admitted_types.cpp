#include "core/jws/admitted_types.hpp"

#include "core/base/media_type.hpp"

#include <algorithm>

namespace core {

bool is_misspelt_none(std::string_view entry) noexcept
{
    return entry != "none" && same_header_type(entry, "none");
}

bool typ_is_admitted(std::optional<std::string_view> typ, std::vector<std::string> const& admitted)
{
    return std::ranges::any_of(admitted, [&](std::string const& one) {
        if (!typ)
            return one == "none";
        return same_header_type(*typ, one) && !same_header_type(one, "none");
    });
}

}  // namespace core
