#include "service/issuers/waiting_tokens.hpp"

#include <boost/asio/redirect_error.hpp>

namespace service {

asio::awaitable<bool> waiting_tokens::wait(asio::io_context& on, std::chrono::milliseconds limit)
{
    asio::steady_timer timer(on, limit);
    // It is removed on every way out, also when the loop ends and this never resumes.
    struct place {
        std::list<asio::steady_timer*>& in;
        std::list<asio::steady_timer*>::iterator at;
        ~place() { in.erase(at); }
    };
    place const mine{timers_, timers_.insert(timers_.end(), &timer)};
    boost::system::error_code ended;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    co_return ended == asio::error::operation_aborted;
}

void waiting_tokens::wake_all()
{
    for (auto* timer : timers_)
        timer->cancel();
}

}  // namespace service
