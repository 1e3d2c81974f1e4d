#include "service/app/serve.hpp"

#include "core/crypto/providers.hpp"
#include "service/app/app.hpp"
#include "service/app/first_keys.hpp"
#include "service/app/providers.hpp"
#include "service/app/reloader.hpp"
#include "service/app/signals.hpp"
#include "service/observe/log.hpp"
#include "service/process/landlock.hpp"
#include "service/process/locked_memory.hpp"
#include "service/process/service_manager.hpp"
#include "service/process/system_calls.hpp"

namespace service {

namespace {

/// At a level that no setting can lower: what was set from outside the file may be that level.
void say_overrides(config::loaded const& with)
{
    start_log({.level = config::log_level::info, .format = with.settings.log.format});
    for (auto const& one : with.overrides)
        log_info("setting_overridden", {{"setting", one.setting}, {"by", one.by}});
}

/// What the process gives up on its way to the first request. What it cannot give up here is a
/// warning: the machine may lack it.
class sandbox {
public:
    sandbox(config::settings const& with, seals const& sealed)
        : sealed_(sealed), is_wanted_(with.server.sandbox)
    {
        if (!sealed.has_no_core_dumps || !sealed.has_no_new_privileges)
            log_warn(
                "hardening_failed",
                {{"core_dumps_off", sealed.has_no_core_dumps},
                 {"no_new_privileges", sealed.has_no_new_privileges}}
            );
    }

    /// Before there is another thread.
    void limit_files(config::settings const& with, config::file_marks const& files)
    {
        if (!is_wanted_)
            return;
        auto const limit = service::limit_files(reach_of(with, files));
        landlock_ = limit.version;
        warn_of("files", limit.why_not);
    }

    /// When everything is opened and bound.
    void close()
    {
        std::string const why_not = is_wanted_ ? limit_system_calls() : "";
        has_filter_ = is_wanted_ && why_not.empty();
        warn_of("system_calls", why_not);
    }

    void tell() const
    {
        auto const locked = locked_octets();
        auto const wanted = octets_to_lock(core::crypto::is_in_use(core::crypto_provider::openssl));
        log_info(
            "hardened",
            {{"sandbox", is_wanted_},
             {"system_calls_limited", has_filter_},
             {"landlock", landlock_},
             {"core_dumps_off", sealed_.has_no_core_dumps},
             {"no_new_privileges", sealed_.has_no_new_privileges},
             {"locked_octets", locked}}
        );
        if (locked < wanted)
            log_warn(
                "memory_not_locked",
                {{"locked_octets", locked},
                 {"wanted_octets", wanted},
                 {"note",
                  "some secrets may be swapped out: the limit of locked memory is too low (ulimit "
                  "-l, LimitMEMLOCK)"}}
            );
    }

private:
    static void warn_of(std::string_view what, std::string_view why_not)
    {
        if (!why_not.empty())
            log_warn("sandbox_incomplete", {{"missing", what}, {"reason", own_text{why_not}}});
    }

    seals sealed_;
    bool is_wanted_;
    bool has_filter_ = false;
    int landlock_ = 0;
};

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

/// A URL with localhost, because every address is listened on and no --host was given, leads others
/// to themselves.
void tell_of_issuers(app& service, config::development_settings const& with)
{
    auto const* const issuers = service.shared().development();
    bool const is_for_this_machine_only = with.is_open && with.authority.empty();
    for (auto const& [name, alg] : with.issuers) {
        auto const issuer = issuers->find(name)->issuer;
        if (is_for_this_machine_only && issuer.starts_with("http://localhost:"))
            log_warn(
                "dev_issuer",
                {{"name", name},
                 {"issuer", own_text{issuer}},
                 {"alg", alg},
                 {"note", "only this machine finds it by this URL: name the service with --host"}}
            );
        else
            log_info("dev_issuer", {{"name", name}, {"issuer", own_text{issuer}}, {"alg", alg}});
    }
}

void tell_of_development(app& service, config::sources const& from)
{
    auto const now = service.shared().settings();
    if (!now->dev)
        return;
    std::string const reason =
        from.dev ? "--dev" : "there is no configuration, and no " + from.default_file;
    log_warn(
        "development_mode",
        {{"reason", own_text{reason}},
         {"note",
          now->development.is_open
              ? "anybody who reaches the port can sign, with a generated key: not for production"
              : "callers are not checked, and the key is generated: not for production"}}
    );
    tell_of_issuers(service, now->development);
}

int refuse_start(startup_error const& problem)
{
    log_error("startup_failed", {{"reason", own_text{problem.text}}});
    return 3;
}

}  // namespace

int serve(
    seals const& sealed, config::loaded&& with, config::sources const& from,
    config::file_marks files
)
{
    say_overrides(with);
    start_log(with.settings.log);
    sandbox box(with.settings, sealed);
    log_warnings(with.warnings);
    box.limit_files(with.settings, files);
    auto opens_libraries = choose_providers(with.settings.crypto);
    try {
        auto const revoked = read_revocations(with.settings);
        with.settings = with_due_keys(std::move(with.settings), revoked, system_now());
    } catch (startup_error const& problem) {
        return refuse_start(problem);
    }
    app service(std::move(with.settings));
    service.shared().hold_jumps(uptime_now);
    try {
        service.listen();
        service.reload_from(
            {load_again(from), std::move(with.parts), std::move(with.warnings), std::move(files)}
        );
    } catch (startup_error const& problem) {
        return refuse_start(problem);
    }
    tell_of_development(service, from);
    listen_to_signals(service);
    opens_libraries.join();  // what they lock is told
    box.close();
    box.tell();
    log_info("started", {{"version", SIGNET_VERSION}, {"workers", service.workers().size()}});
    if (auto const why_not = tell_service_manager("READY=1"); !why_not.empty())
        log_warn("service_manager_not_told", {{"reason", own_text{why_not}}});
    service.run();
    return 0;
}

}  // namespace service
