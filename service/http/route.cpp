#include "service/http/route.hpp"

namespace service::http {

std::vector<std::string_view> route_names(route_table all)
{
    std::vector<std::string_view> names{"other"};
    for (auto const& one : all)
        names.push_back(one.path);
    return names;
}

unsigned route_index(route_table all, route const* one) noexcept
{
    return one == nullptr ? 0 : static_cast<unsigned>(one - all.data()) + 1;
}

}  // namespace service::http
