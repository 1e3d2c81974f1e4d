#include "service/http/dispatch.hpp"
#include "service/http/session.hpp"
#include "service/operations/admit_caller.hpp"
#include "service/runtime/async.hpp"

#include <utility>

namespace service::http {

namespace {

using std::chrono::steady_clock;

}  // namespace

/// Decides on the head, and finds out who sent it.
session::next session::begin_serving()
{
    seen_ = here_.current();
    bool const is_accepted = is_still_accepted();
    admitted_ = admit(routes_, head_, at_, seen_->settings);
    if (!is_accepted) {
        admitted_.refused = core::failure::of(
            core::errc::caller_unauthenticated, "The client certificate is not accepted any more."
        );
        admitted_.must_close = true;
    }
    sender_.reset();
    if (!admitted_.refused && admitted_.to->asks_who()) {
        auto found = find_sender({peer_, authorization_of(head_), id_, trace_}, seen_, here_);
        sender_ = std::move(found.by);
        unjudged_ = std::move(found.rest);
        if (unjudged_)
            return next::ask_who;
    }
    return begin_serving_known();
}

/// The same where that takes a wait. Earlier replies do not wait for it.
asio::awaitable<session::next> session::find_sender_later()
{
    phase_ = phase::serving;
    if (!out_.empty()) {
        if (!co_await write())
            co_return next::end;
        started_ = now_;
    }
    shown_credentials const shown{peer_, authorization_of(head_), id_, trace_};
    auto judged = judge_later(std::move(unjudged_), shown, here_);
    auto by = co_await std::move(judged);
    if (!by && steady_clock::now() < started_ + here_.settings().limits.request_timeout)
        co_return begin_serving();  // another configuration took effect
    if (!by) {
        admitted_.refused = core::errc::overloaded;
        by = seen_->callers->of_peer(peer_, here_.shared.now());  // the token has proved nobody
    }
    sender_ = std::move(by);
    co_return begin_serving_known();
}

/// Decides on the head of a request whose sender is known where that matters, and begins to read
/// the body.
session::next session::begin_serving_known()
{
    auto const& settings = seen_->settings;
    if (!admitted_.refused && sender_)
        admitted_.refused =
            admit_sender(*admitted_.to, *sender_, settings, steady_clock::now(), caller_place_);
    else
        caller_place_.give_back();
    if (!admitted_.refused)
        admitted_.refused = admit_body(*admitted_.to, head_, settings.limits);
    if (has_body_)
        return next::serve;
    bool const must_read = !admitted_.refused && !admitted_.to->reads_no_body;
    if (must_read)
        return begin_body();
    admitted_.must_close = admitted_.must_close || head_.announces_body();
    return next::serve;
}

/// After the wait for a body: what was decided on the head holds as long as the configuration does.
session::next session::look_again()
{
    auto const before = std::exchange(seen_, here_.current());
    return seen_->is_of_same_configuration(*before) ? next::serve : begin_serving();
}

/// Admits and serves the request as if it came now. Its body, if its route reads one, is here
/// already, so that it is served or refused in any case.
asio::awaitable<reply> session::reply_again()
{
    has_waited_ = true;
    auto what = begin_serving();
    while (what == next::ask_who)
        what = co_await find_sender_later();
    auto const from = make_request();
    if (what != next::serve)
        co_return problem(core::errc::internal, from);
    auto answer = begin_reply(from);
    if (answer.must_wait()) {
        auto rest = finish_dispatch(std::move(answer.later), *admitted_.to, from);
        answer.now = co_await std::move(rest);
    }
    if (answer.now.begins_again)  // it must not wait for a key once more
        co_return problem(core::errc::internal, from);
    co_return std::move(answer.now);
}

/// The reply to a request that was refused by its head. Who must not ask leaves a line in the log.
reply session::refuse_head(request const& from)
{
    refusal_subject asked;
    if (admitted_.to != nullptr)
        asked = {refusal_subject::kind::route, admitted_.to->path};
    tell_refused_caller(
        *admitted_.refused, from.who(), {seen_->counters, seen_->refusals, id_, trace_}, asked
    );
    return refusal(admitted_, from);
}

}  // namespace service::http
