#include "service/app/key_keeper.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/async.hpp"

#include <boost/asio/redirect_error.hpp>

#include <algorithm>
#include <exception>
#include <utility>

/// How other keys come in force. Looks, turns and commands ask for it. One amendment runs at a time,
/// and one is enough for everybody who saw the same manifest.
namespace service {
namespace {

constexpr unsigned resting_max = 20;  // looks, after keys that could not be put in force

}  // namespace

/// Whether a private half is in force that nothing needs any more.
bool key_keeper::has_needless_halves()
{
    auto const& seen = workers_.front()->current();
    return seen->from
        && !core::needless_private_halves(seen->from->keys.keys(), *seen->ring).empty();
}

/// Those of which older keys are in force.
key_keeper::generations key_keeper::newer_in(generations found) const
{
    auto const with = shared_.settings();
    std::erase_if(found, [&](auto const& one) {
        auto const in_force = with->rotation.find(one.first);
        return in_force == with->rotation.end() || in_force->second.generation >= one.second;
    });
    return found;
}

/// Keys that cannot be put in force are tried again after a while: reading them may take long.
bool key_keeper::is_resting(generations const& newer) const
{
    return resting_ != 0 && std::ranges::all_of(newer, [&](auto const& one) {
               auto const tried = tried_.find(one.first);
               return tried != tried_.end() && tried->second == one.second;
           });
}

/// Begins what is due because of these generations, or lets the amendment that runs be followed by it.
void key_keeper::ask_to_amend(generations const& found)
{
    auto const newer = newer_in(found);
    bool const is_due = !newer.empty() || has_needless_halves();
    if (!is_due || is_resting(newer))
        return;
    for (auto const& [series, generation] : newer)
        wanted_[series] = std::max(wanted_[series], generation);
    ++asked_;
    if (std::exchange(is_amending_, true))
        return;
    auto const on_end = [this](std::exception_ptr problem) {
        if (!problem)
            return;
        log_error("keys_not_kept");
        is_amending_ = false;
        amended_.cancel();
    };
    asio::co_spawn(workers_.front()->io, amend_while_asked(), on_end);
}

/// The amendment before may have done what was asked for while it ran.
asio::awaitable<void> key_keeper::amend_while_asked()
{
    while (done_ != asked_) {
        auto const asked = asked_;
        auto newer = newer_in(std::exchange(wanted_, {}));
        if (!newer.empty() || has_needless_halves()) {
            tried_ = std::move(newer);
            auto amending = amend_("rotation");
            auto problem = co_await std::move(amending);
            resting_ = problem.empty() ? 0 : resting_max;
            if (!problem.empty() && problem != amend_problem_)
                log_error("keys_not_in_force", {{"reason", own_text{problem}}});
            amend_problem_ = std::move(problem);
        }
        done_ = asked;
        amended_.cancel();
    }
    is_amending_ = false;  // in the step that has found nothing more
}

/// Asks, and waits until it is in force, or what was asked for until now is done.
asio::awaitable<void> key_keeper::put_in_force(generations found)
{
    ask_to_amend(found);
    auto const asked = asked_;
    while (is_amending_ && done_ < asked && !newer_in(found).empty()) {
        boost::system::error_code ignored;
        co_await amended_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

}  // namespace service
