#include "service/cli/client.hpp"
#include "service/cli/command.hpp"
#include "service/cli/config_options.hpp"

#include <cstdlib>
#include <ostream>

namespace service::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view default_url = "http://127.0.0.1:9090/readyz";

constexpr std::array options{
    option{
        "--url", takes::one, "URL",
        "default: the configuration's, else http://127.0.0.1:9090/readyz"},
    config_option,
};

/// An address to connect to for one that is listened on.
service_url url_of(config::address const& listening)
{
    service_url url;
    url.unix_path = listening.unix_path;
    url.port = listening.port;
    url.host = listening.host == "0.0.0.0" ? "127.0.0.1"
        : listening.host == "::"           ? "::1"
                                           : listening.host;
    url.path = "/readyz";
    return url;
}

/// The first probes listener of the configuration, or the first admin one.
service_url configured_url(arguments const& given, terminal& with)
{
    auto const admin = load_settings(given, with).settings.admin;
    auto const& listening = admin.probes.empty() ? admin.listen : admin.probes;
    if (listening.empty() || (!listening[0].is_unix() && listening[0].port == 0))
        throw stop{exit_code::usage, "the configuration names no fixed admin port: say --url"};
    return url_of(listening[0]);
}

service_url choose_url(arguments const& given, terminal& with)
{
    auto const text = given.value("--url");
    bool const is_configured = given.has("--config") || std::getenv("SIGNET_CONFIG") != nullptr;
    if (!text && is_configured)
        return configured_url(given, with);
    auto url = parse_service_url(text.value_or(default_url));
    if (!url)
        throw stop{exit_code::usage, "--url is http://HOST:PORT/PATH or unix:/PATH"};
    if (url->path.empty())
        url->path = "/readyz";
    return *url;
}

exit_code run_healthcheck(arguments const& given, terminal& with)
{
    // A probe that takes longer is as good as none.
    call const request{.method = "GET", .path = "", .body = "", .bearer = "", .limit = 2s};
    auto const outcome = exchange(choose_url(given, with), request);
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
