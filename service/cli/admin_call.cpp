#include "service/cli/admin_call.hpp"

namespace service::cli {

exit_code
post_to_admin(arguments const& given, terminal& with, std::string_view path, std::string_view body)
{
    auto const to = admin_url(given, with, "", false, true);
    auto const proof = credentials_for(to, given, with);
    call const request{
        .method = "POST",
        .path = path,
        .body = body,
        .bearer = core::as_text(proof.secret.view()),
        .tls = proof.tls,
    };
    auto const outcome = exchange(to, request);
    if (auto const* problem = std::get_if<std::string>(&outcome))
        throw stop{exit_code::configuration, *problem};
    return print_answer(std::get<answer>(outcome), with);
}

}  // namespace service::cli
