#include "service/cli/admin_call.hpp"
#include "service/cli/command.hpp"

namespace service::cli {
namespace {

constexpr std::array options{
    option{
        "--emergency", takes::nothing, "",
        "does not wait until verifiers know the next key: some may refuse new tokens for a while"},
    admin_url_option,
    config_option,
    admin_token_option,
    ca_option,
    client_cert_option,
    client_key_option,
};

exit_code run_rotate(arguments const& given, terminal& with)
{
    std::string body;
    core::json::writer to(body);
    to.begin_object().member("series", given.operands().front());
    if (given.has("--emergency"))
        to.member("emergency", true);
    to.end_object();
    return post_to_admin(given, with, "/keys/rotate", body);
}

}  // namespace

constinit command const rotate_command{
    "rotate",
    "lets the next key of a rotated series sign from now on",
    "SERIES",
    1,
    1,
    options,
    "Exit code 1 with rotation_too_early: the next key was not published for its lead time.\n",
    "signet rotate sig --token-file admin.secret",
    run_rotate,
};

}  // namespace service::cli
