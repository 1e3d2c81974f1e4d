#include "service/app/serve.hpp"

#include "service/app/app.hpp"
#include "service/app/providers.hpp"
#include "service/app/reloader.hpp"
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

/// Loads from the same sources: the environment of a process does not change.
load_function load_again(config::sources const& from)
{
    return [from](std::shared_ptr<config::settings const> before, config::file_marks& files) {
        auto now = from;
        now.now = system_now();
        now.before = std::move(before);
        return config::load(now, &files);
    };
}

}  // namespace

int serve(config::loaded&& with, config::sources const& from, config::file_marks files)
{
    say_overrides(with);
    start_log(with.settings.log);
    harden_process();
    log_warnings(with.warnings);
    auto const opens_libraries = choose_providers(with.settings.crypto);
    app service(std::move(with.settings));
    try {
        service.listen();
    } catch (startup_error const& problem) {
        log_error("startup_failed", {{"reason", own_text{problem.text}}});
        return 3;
    }
    service.reload_from(
        {load_again(from), std::move(with.parts), std::move(with.warnings), std::move(files)}
    );
    if (service.shared().settings()->dev)
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
