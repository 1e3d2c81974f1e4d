#include "service/callers/identity.hpp"

#include <string>

namespace service {

core::failure identity::unauthenticated() const
{
    constexpr auto code = core::errc::caller_unauthenticated;
    if (has_two_)
        return core::failure::of(code, "The credentials of the request belong to two callers.");
    switch (useless_) {
    case useless_credential::none: break;
    case useless_credential::untimely_certificate:
        return core::failure::of(code, "The client certificate is not valid at this time.");
    case useless_credential::other_scheme:
        return core::failure::of(code, "The Authorization header has no bearer credential.");
    case useless_credential::unknown_bearer:
        return core::failure::of(code, "The bearer credential belongs to no caller.");
    case useless_credential::token_of_nobody:
        return core::failure::of(code, "The bearer token is good, but belongs to no caller.");
    case useless_credential::refused_token:
        if (core::cannot_decide(token_problem_))
            return token_problem_;
        return core::failure::of(
            code, "The bearer token was refused: " + std::string(to_string(token_problem_)) + "."
        );
    }
    return code;
}

}  // namespace service
