#pragma once

#include "service/cli/admin_url.hpp"
#include "service/cli/config_options.hpp"
#include "service/cli/token_call.hpp"

#include <string>
#include <string_view>

/// What rotate and revoke have in common: a POST to a running service's admin listener, as a caller
/// with the role admin.
namespace service::cli {

inline constexpr option admin_url_option{
    "--url", takes::one, "URL", "default: the configuration's, else http://127.0.0.1:9090"};
inline constexpr option admin_token_option{
    "--token-file", takes::one, "FILE", "the bearer secret or JWT of a caller with the role admin"};

/// Sends the body and prints the answer.
exit_code
post_to_admin(arguments const& given, terminal& with, std::string_view path, std::string_view body);

}  // namespace service::cli
