#include "service/cli/command.hpp"
#include "service/cli/config_options.hpp"
#include "service/http/tls_listeners.hpp"
#include "service/runtime/clock.hpp"

#include <ostream>

namespace service::cli {
namespace {

exit_code run_check_config(arguments const& given, terminal& with)
{
    auto const read = load_settings(given, with);
    for (auto const& one : read.overrides)
        with.err << "set by " << one.by << ": " << one.setting << '\n';
    for (auto const& one : read.warnings)
        with.err << "warning: " << one.to_text() << '\n';
    auto const problems = http::tls_problems(read.settings, system_now());
    for (auto const& one : problems)
        with.err << one << '\n';
    if (!problems.empty())
        return exit_code::configuration;
    with.out << "the configuration is good, with " << read.warnings.size()
             << (read.warnings.size() == 1 ? " warning\n" : " warnings\n");
    return exit_code::ok;
}

}  // namespace

constinit command const check_config_command{
    "check-config",
    "reports every problem and warning of a configuration without serving",
    "",
    0,
    0,
    config_options,
    "Warnings do not change the exit code.\n",
    "signet check-config --config /etc/signet/signet.yaml",
    run_check_config,
};

}  // namespace service::cli
