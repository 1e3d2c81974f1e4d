#include "service/app/signals.hpp"

#include "service/app/app.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/async.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <memory>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace service {

namespace {

void obey(app& service, int number)
{
    switch (number) {
    case SIGHUP: return service.reload();
    case SIGUSR1:
    case SIGUSR2: return log_info("signal_ignored", {{"number", number}});
    default: log_info("signal", {{"number", number}}); service.stop();
    }
}

asio::awaitable<void> wait_for_signals(app& service, std::unique_ptr<asio::signal_set> signals)
{
    for (;;) {
        boost::system::error_code problem;
        auto const number =
            co_await signals->async_wait(asio::redirect_error(asio::use_awaitable, problem));
        if (problem)
            co_return;
        obey(service, number);
    }
}

}  // namespace

void harden_process()
{
    rlimit const none{0, 0};
    bool const is_quiet =
        ::setrlimit(RLIMIT_CORE, &none) == 0 && ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
    bool const is_confined = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    if (!is_quiet || !is_confined)
        log_warn(
            "hardening_failed", {{"core_dumps_off", is_quiet}, {"no_new_privileges", is_confined}}
        );
    // By default each of these ends a process. The first three get a handler later, when the
    // service exists; SIGXFSZ arrives when a log's file may not grow any more.
    for (int const number : {SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGXFSZ})
        std::signal(number, SIG_IGN);
}

void listen_to_signals(app& service)
{
    auto const on_end = [](std::exception_ptr problem) {
        if (problem)
            log_error("signals_failed");
    };
    auto& io = service.workers().front()->io;
    // Made here, not where signals are awaited: one that arrives before the loop runs counts too.
    auto signals = std::make_unique<asio::signal_set>(io, SIGTERM, SIGINT, SIGQUIT);
    for (int const number : {SIGHUP, SIGUSR1, SIGUSR2})
        signals->add(number);
    asio::co_spawn(io, wait_for_signals(service, std::move(signals)), on_end);
}

}  // namespace service
