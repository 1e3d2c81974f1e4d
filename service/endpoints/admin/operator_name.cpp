#include "service/endpoints/admin/operator_name.hpp"

namespace service {

std::string operator_name(http::request const& from)
{
    auto const by = from.who();
    return by.who() == nullptr ? "anyone" : by.who()->settings.name;
}

}  // namespace service
