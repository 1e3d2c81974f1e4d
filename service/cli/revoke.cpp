#include "service/cli/admin_call.hpp"
#include "service/cli/command.hpp"
#include "service/http/kid_path.hpp"

namespace service::cli {
namespace {

constexpr std::array options{
    admin_url_option, config_option,      admin_token_option,
    ca_option,        client_cert_option, client_key_option,
};

exit_code run_revoke(arguments const& given, terminal& with)
{
    return post_to_admin(given, with, http::path_of_kid(given.operands().front()), "{}");
}

}  // namespace

constinit command const revoke_command{
    "revoke",
    "revokes one of our keys for ever",
    "KID",
    1,
    1,
    options,
    "Its tokens are refused at once, on every replica that shares state_dir within a second;\n"
    "`reached` in the answer says how many know it.\n",
    "signet revoke 0Vx4nYwM9lY --token-file admin.secret",
    run_revoke,
};

}  // namespace service::cli
