#include "service/endpoints/admin/empty_body.hpp"

#include "service/operations/body_reader.hpp"

namespace service {

std::optional<core::failure> why_not_empty(http::request const& request, snapshot const& seen)
{
    if (request.body().empty())
        return std::nullopt;
    auto const body = parse_body(request.body(), seen.settings.limits);
    if (!body)
        return body.error();
    for (auto const member : body->root())
        return core::failure::of_member(member.name(), "This member is unknown.");
    return std::nullopt;
}

}  // namespace service
