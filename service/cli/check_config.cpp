#include "service/cli/command.hpp"
#include "service/cli/config_options.hpp"
#include "service/http/tls_listeners.hpp"
#include "service/runtime/clock.hpp"

#include <ostream>

namespace service::cli {
namespace {

exit_code run_check_config(arguments const& given, terminal& with)
{
    auto const [read, from, files] = load_with_sources(given, with);
    // Who checks a configuration has one; a misspelt name must not be called good.
    if (read.settings.dev && !from.dev)
        throw stop{
            exit_code::configuration,
            "there is no " + from.default_file
                + ", and no other configuration is named: signet serve would begin development "
                  "mode, which --dev checks"};
    for (auto const& one : read.overrides)
        with.err << "set by " << one.by << ": " << one.setting << '\n';
    for (auto const& one : read.warnings)
        with.err << "warning: " << one.to_text() << '\n';
    auto const problems = http::tls_problems(read.settings, system_now());
    for (auto const& one : problems)
        with.err << one << '\n';
    if (!problems.empty())
        return exit_code::configuration;
    with.out << (read.settings.dev ? "development mode: " : "")
             << "the configuration is good, with " << read.warnings.size()
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
    "Warnings do not change the exit code. With neither a configuration nor --dev it is 3.\n",
    "signet check-config --config /etc/signet/signet.yaml",
    run_check_config,
};

}  // namespace service::cli
