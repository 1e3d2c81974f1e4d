#include "service/app/serve.hpp"

#include "service/app/app.hpp"
#include "service/app/providers.hpp"
#include "service/app/signals.hpp"
#include "service/observe/log.hpp"

namespace service {

namespace {

/// At a level that no setting can lower: what was set from outside the file may be that level.
void say_overrides(config::loaded const& with)
{
    start_log({.level = config::log_level::info, .format = with.settings.log.format});
    for (auto const& one : with.overrides)
        log_info("setting_overridden", {{"setting", one.setting}, {"by", one.by}});
}

}  // namespace

int serve(config::loaded&& with)
{
    say_overrides(with);
    start_log(with.settings.log);
    harden_process();
    for (auto const& one : with.warnings)
        log_warn(
            "configuration",
            {{"file", one.file},
             {"line", one.line},
             {"setting", one.path},
             {"text", own_text{one.text}}}
        );
    auto const opens_libraries = choose_providers(with.settings.crypto);
    app service(std::move(with.settings));
    try {
        service.listen();
    } catch (startup_error const& problem) {
        log_error("startup_failed", {{"reason", own_text{problem.text}}});
        return 3;
    }
    if (service.shared().settings.dev)
        log_warn(
            "development_mode",
            {{"note", "callers are not checked, and the key is generated: not for production"}}
        );
    listen_to_signals(service);
    log_info("started", {{"version", SIGNET_VERSION}, {"workers", service.workers().size()}});
    service.run();
    return 0;
}

}  // namespace service
