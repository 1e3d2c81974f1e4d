#include "service/endpoints/gateways/dialect.hpp"

/// Any gateway that sends the client's own `Authorization` along. It tells nothing about the
/// request, so that rules, exemptions, cookies and parameters are not for it.
namespace service {
namespace {

core::result<core::original_request> read(http::request const&)
{
    return core::original_request{};
}

http::reply answer(decision what)
{
    return reply_of(std::move(what));
}

}  // namespace

constinit gateway_dialect const plain_dialect{config::dialect::plain, "", false, read, answer};

}  // namespace service
