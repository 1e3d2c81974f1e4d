#include "service/app/signals.hpp"

#include "service/app/app.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/async.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <memory>

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
