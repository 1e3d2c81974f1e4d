#include "service/cli/admin_url.hpp"
#include "service/cli/command.hpp"
#include "service/cli/config_options.hpp"

#include <ostream>

namespace service::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::array options{
    option{
        "--url", takes::one, "URL",
        "default: the configuration's, else http://127.0.0.1:9090/readyz"},
    config_option,
};

exit_code run_healthcheck(arguments const& given, terminal& with)
{
    // A slower probe is useless.
    call const request{.method = "GET", .path = "", .body = "", .bearer = "", .limit = 2s};
    auto const outcome = exchange(admin_url(given, with, "/readyz", true), request);
    if (auto const* problem = std::get_if<std::string>(&outcome))
        throw stop{exit_code::refused, *problem};
    auto const status = std::get<answer>(outcome).status;
    if (status != 200)
        throw stop{exit_code::refused, "not ready: status " + std::to_string(status)};
    with.out << "ready\n";
    return exit_code::ok;
}

}  // namespace

constinit command const healthcheck_command{
    "healthcheck",
    "asks a running service whether it is ready, as a container's probe",
    "",
    0,
    0,
    options,
    "Answers within 2 s: 0 ready, 1 not ready.\n",
    "signet healthcheck --url http://127.0.0.1:9090/readyz",
    run_healthcheck,
};

}  // namespace service::cli
