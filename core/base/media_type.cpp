#include "core/base/media_type.hpp"

#include "core/base/ascii.hpp"

namespace core {
namespace {

std::string_view without_application(std::string_view media_type)
{
    constexpr std::string_view prefix = "application/";
    if (media_type.size() > prefix.size() && starts_without_case(media_type, prefix)
        && media_type.find('/', prefix.size()) == std::string_view::npos)
        media_type.remove_prefix(prefix.size());
    return media_type;
}

}  // namespace

bool same_media_type(std::string_view a, std::string_view b) noexcept
{
    return equal_without_case(a, b);
}

bool same_header_type(std::string_view a, std::string_view b) noexcept
{
    return equal_without_case(without_application(a), without_application(b));
}

}  // namespace core
