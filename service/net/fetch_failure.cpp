#include "service/net/fetch_failure.hpp"

#include <boost/throw_exception.hpp>

#include <stdexcept>
#include <string>

namespace service::net {

std::string_view to_string(fetch_error error) noexcept
{
    switch (error) {
    case fetch_error::resolve: return "resolve";
    case fetch_error::forbidden_address: return "forbidden_address";
    case fetch_error::connect: return "connect";
    case fetch_error::tls: return "tls";
    case fetch_error::timeout: return "timeout";
    case fetch_error::too_large: return "too_large";
    case fetch_error::protocol: return "protocol";
    case fetch_error::redirect: return "redirect";
    case fetch_error::cancelled: return "cancelled";
    }
    return "protocol";
}

void throw_exception_from_error(fetch_failure const& failure, boost::source_location const& where)
{
    boost::throw_exception(std::logic_error(std::string(failure.sentence)), where);
}

}  // namespace service::net
