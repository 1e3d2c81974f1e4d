#include "service/callers/identity.hpp"

#include <string>

namespace service {

core::failure identity::unauthenticated() const
{
    constexpr auto code = core::errc::caller_unauthenticated;
    if (has_two_)
        return core::failure::of(code, "The credentials of the request belong to two callers.");
    if (token_problem_ && core::cannot_decide(*token_problem_))
        return *token_problem_;
    if (token_problem_)
        return core::failure::of(
            code, "The bearer token was refused: " + std::string(to_string(*token_problem_)) + "."
        );
    if (has_useless_token_)
        return core::failure::of(code, "The bearer token is good, but belongs to no caller.");
    if (is_certificate_untimely_)
        return core::failure::of(code, "The client certificate is not valid at this time.");
    return code;
}

}  // namespace service
