#include "service/http/listener.hpp"
#include "service/http/listener_tls.hpp"
#include "service/http/session.hpp"
#include "service/http/session_set.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/async.hpp"

#include <boost/asio/redirect_error.hpp>

#include <algorithm>

namespace service::http {

namespace {

using boost::system::error_code;
using progress = net::tls_server::progress;
using std::chrono::steady_clock;

/// How long a kept connection may go on after an authority, or a list of revoked certificates, has
/// ended. Looking again takes some 200 us.
constexpr std::chrono::seconds judged_for{60};

}  // namespace

/// Decides whether this connection has TLS.
void session::begin_tls()
{
    if (at_.tls == nullptr || !at_.tls->is_on())
        return;
    tls_generation_ = at_.tls->generation();
    if (auto context = at_.tls->current())
        secured_ = std::make_unique<net::tls_server>(std::move(context));
}

/// Agrees on keys with the peer, and learns who it is.
///
/// Returns  whether requests can be read.
asio::awaitable<bool> session::shake_hands()
{
    phase_ = phase::handshake;
    among_.begin_handshake(*this);
    auto const how = co_await exchange_handshake();
    among_.end_handshake(*this);
    tell_handshake(how);
    now_ = steady_clock::now();
    is_last_ = how != progress::done;
    // An alert says why it failed, and must not be lost.
    lingers_ = how == progress::failed && socket_.is_open();
    if (how == progress::done) {
        peer_.certificate = secured_->client();
        judged_ = here_.shared.now();
    }
    co_return how == progress::done;
}

/// Moves the octets of the handshake.
///
/// Returns  waits when the peer did not finish it: it left, was too slow, or had to give way.
asio::awaitable<progress> session::exchange_handshake()
{
    auto const end = now_ + here_.settings().limits.handshake_timeout;
    wait_until(among_.is_closing() ? std::min(end, now_ + fresh_time) : end);
    for (;;) {
        error_code problem;
        auto const count = co_await socket_.async_read_some(
            read_space(), asio::redirect_error(asio::use_awaitable, problem)
        );
        if (problem || has_expired_ || count == 0)
            co_return progress::waits;
        secured_->received(count);
        auto const how = secured_->shake_hands();
        out_ = secured_->take_for_peer();
        auto is_sent = out_.empty() ? std::optional(true) : send_at_once();
        if (!is_sent) {
            is_sent = co_await write_rest();
            wait_until(end);
        }
        if (!*is_sent)
            co_return progress::waits;
        if (how != progress::waits)
            co_return how;
    }
}

void session::tell_handshake(progress how)
{
    using enum handshake_outcome;
    auto ended = gives_way_ ? crowded : has_expired_ ? timeout : abandoned;
    if (how == progress::done)
        ended = secured_->is_resumed() ? resumed : full;
    if (how == progress::failed)
        ended = secured_->has_refused_client() ? client_refused : failed;
    here_.shared.metrics.count<"signet_tls_handshakes_total">(kind_of(at_), ended);
    if (how == progress::failed && among_.begins_failing(ended, steady_clock::now()))
        log_warn(
            "tls_handshake_failed",
            {{"address", at_.settings.address.text()},
             {"peer", peer_.address},
             {"outcome", to_string(ended)},
             {"reason", own_text{secured_->why_failed()}}}
        );
    else if (how == progress::failed && logs(config::log_level::debug))
        log_debug(
            "tls_handshake_failed",
            {{"peer", peer_.address}, {"reason", own_text{secured_->why_failed()}}}
        );
}

void session::end_handshake_for_others()
{
    gives_way_ = true;
    close_now();
}

boost::asio::mutable_buffer session::tls_space()
{
    auto const space = secured_->space();
    return {space.data(), space.size()};
}

/// What can go on without another octet of the peer; nullopt: read from the socket.
std::optional<session::next> session::look_in_tls()
{
    if (take_decrypted() != 0)
        return look_for_head();
    return secured_->has_ended() ? std::optional(end_in_head()) : std::nullopt;
}

/// Takes as much content as there is, and room for it. A request begins with the first octet of
/// its first record, as it does with its own without TLS: from there on it has its deadline, and a
/// stop waits for it.
///
/// Returns  how many octets.
std::size_t session::take_decrypted()
{
    std::size_t taken = 0;
    while (buffer_.space_size() != 0 && secured_->has_more()) {
        auto const count = secured_->read({buffer_.space(), buffer_.space_size()});
        if (count == 0)
            break;
        buffer_.commit(count);
        taken += count;
    }
    is_filled_ = buffer_.space_size() == 0;
    if (taken == 0 && phase_ == phase::idle && secured_->is_in_record())
        begin_request();
    return taken;
}

/// Takes `count` octets that have arrived, and answers what TLS itself asks.
///
/// Returns  0 when the connection has ended; the count otherwise, also when they are no content yet.
std::size_t session::unseal(std::size_t count)
{
    if (count == 0)
        return 0;
    secured_->received(count);
    auto const taken = take_decrypted();
    if (taken != 0)
        return count;
    auto const answer = secured_->take_for_peer();
    error_code problem;
    // A peer that does not even read the answers to its own alerts is not waited for.
    if (!answer.empty()
        && (socket_.write_some(boost::asio::buffer(answer), problem) != answer.size() || problem))
        return 0;
    // When the deadline has passed, only content is still served.
    return secured_->has_ended() || has_expired_ ? 0 : count;
}

/// Encrypts what is to be written. Content and its encrypted form are in memory together only here,
/// so that of all connections of a thread at most one has both.
///
/// Returns  false when the connection is of no use any more.
bool session::seal()
{
    bool const is_good = secured_->seal(out_);
    if (is_last_) {
        secured_->close();
        out_ += secured_->take_for_peer();
    }
    return is_good;
}

/// Says that nothing follows, unless that was said with the last reply. Nobody waits for it.
void session::end_tls()
{
    if (!secured_ || !socket_.is_open() || is_write_cut_)
        return;
    secured_->close();
    auto const farewell = secured_->take_for_peer();
    error_code ignored;
    if (!farewell.empty())
        socket_.write_some(boost::asio::buffer(farewell), ignored);
}

/// Whether the listener would let the peer in now. Its certificate may have ended since, and the
/// listener's files may have changed: other authorities, more revoked certificates. What is above
/// its certificate may have ended too. These two are looked at once for each change, and once a
/// minute. One that began without TLS goes on for a reply, unless the listener has begun to require
/// certificates.
bool session::is_still_accepted()
{
    if (!secured_) {
        auto const now = at_.tls != nullptr && at_.tls->is_on() ? at_.tls->current() : nullptr;
        return !now || !now->requires_client();
    }
    auto const time = peer_.certificate ? here_.shared.now() : judged_;
    bool is_accepted = !peer_.certificate || is_valid_at(*peer_.certificate, time);
    bool const is_due = time < judged_ || time - judged_ >= judged_for;
    if (is_due || at_.tls->generation() != tls_generation_) {
        tls_generation_ = at_.tls->generation();
        judged_ = time;
        auto const now = at_.tls->current();
        is_accepted = is_accepted && (!now || now->still_accepts(*secured_, time));
    }
    if (!is_accepted)
        peer_.certificate = nullptr;
    return is_accepted;
}

}  // namespace service::http
