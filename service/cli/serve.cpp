#include "service/app/serve.hpp"

#include "core/base/secret.hpp"
#include "service/cli/command.hpp"
#include "service/cli/config_options.hpp"

namespace service::cli {
namespace {

exit_code run_serve(arguments const& given, terminal& with)
{
    auto const sealed = seal_process();  // before it has secrets
    auto read = load_with_sources(given, with);
    core::wipe_stack();
    return static_cast<exit_code>(
        serve(sealed, std::move(read.loaded), read.from, std::move(read.files))
    );
}

}  // namespace

constinit command const serve_command{
    "serve",
    "serves until SIGTERM or SIGINT",
    "",
    0,
    0,
    config_options,
    "Without a configuration it serves in development mode, except in Kubernetes.\n",
    "signet serve --config /etc/signet/signet.yaml --set log.level=debug",
    run_serve,
};

}  // namespace service::cli
