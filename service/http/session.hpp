#pragma once

#include "service/http/admission.hpp"
#include "service/http/body_parser.hpp"
#include "service/http/connection_gate.hpp"
#include "service/http/raw_head.hpp"
#include "service/http/read_buffer.hpp"
#include "service/http/reply.hpp"
#include "service/http/route.hpp"
#include "service/net/tls_server.hpp"
#include "service/operations/sender.hpp"
#include "service/state/body_budget.hpp"
#include "service/state/worker.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/intrusive/list.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace service::http {

using stream_socket = boost::asio::generic::stream_protocol::socket;
using steady_time = std::chrono::steady_clock::time_point;

class session_set;

/// How long a new connection has for its first request once the service stops.
inline constexpr std::chrono::milliseconds fresh_time{250};
/// Bytes of a buffer that a connection keeps while it is idle: most heads and replies fit.
inline constexpr std::size_t idle_memory_max = 4U * 1024U;

/// Makes a session a member of the list of those that shake hands.
using handshake_hook = boost::intrusive::list_base_hook<
    boost::intrusive::tag<struct handshake_tag>,
    boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// One connection: reads a request, has it served, writes the reply, and repeats. It lives on its
/// worker's thread and never leaves it.
class session : public boost::intrusive::list_base_hook<
                    boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
                public handshake_hook {
public:
    /// routes, at, among  outlive the session.
    /// place      its place in the listener's count of connections.
    session(
        worker& here, route_table routes, listen_point const& at, session_set& among,
        stream_socket socket, service::peer from, connection_gate::place place
    );
    ~session();

    /// Serves until the connection ends.
    asio::awaitable<void> run();
    /// Answers 503 overloaded without reading anything; with TLS there is no answer, because that
    /// would take a handshake.
    asio::awaitable<void> refuse();

    /// Ends what the session waits for when its deadline has passed.
    void sweep(steady_time now);
    /// The service stops: ends the connection unless a request is under way.
    void close_when_idle(steady_time now);
    void close_now();

    /// Whether it only waits for its peer, and has answered before or not.
    bool is_idle() const noexcept { return phase_ == phase::idle && socket_.is_open(); }
    bool has_served() const noexcept { return served_ != 0; }
    /// Whether its end frees a place: not when it is only being told that there is none.
    bool has_place() const noexcept { return place_.is_served(); }
    bool is_waiting() const noexcept
    {
        return (phase_ != phase::serving || is_write_blocked_) && socket_.is_open();
    }
    /// Whether a request has been received, and its reply is not written yet.
    bool is_serving() const noexcept { return phase_ == phase::serving; }
    listen_point const& at() const noexcept { return at_; }
    peer_group const& group() const noexcept { return peer_.group; }
    /// Makes room for another connection: ends this one and gives its place back at once.
    void give_way();
    /// Ends it, because too many others shake hands too.
    void end_handshake_for_others();

private:
    enum class phase : std::uint8_t { handshake, idle, head, body, serving, lingering };
    /// What is to be done next. Everything that needs no wait is a plain function that returns it:
    /// a request that arrived whole is served without any coroutine but `run`.
    enum class next : std::uint8_t {
        read,     ///< wait for more bytes
        serve,    ///< the request is complete, as far as it is read
        ask_who,  ///< the sender's token has to wait before it is known who sent it
        refuse,   ///< the stream cannot be read any further: broken_ says why
        end,
    };

    // session_head.cpp
    next begin_head();
    next look_for_head();
    next read_head(std::size_t size);
    next end_in_head();
    void begin_request();
    void choose_request_id();

    // session_body.cpp
    next begin_body();
    next feed_body();
    asio::awaitable<next> receive_body();
    bool make_room(std::size_t wanted);
    bool hold(std::size_t raw, std::size_t decoded);
    bool is_callers_connection() const;
    void release_body();

    // session_reply.cpp
    std::size_t long_body_of(reply const& answer) const noexcept;
    void make_sendable(reply& answer, request const& to);
    bool prepare_reply(reply answer);
    void finish(reply const& answer);
    std::optional<bool> write_at_once();
    asio::awaitable<bool> write();
    std::optional<bool> send_at_once();
    asio::awaitable<bool> write_rest();

    // session_end.cpp
    asio::awaitable<void> linger();
    std::size_t unread_memory();
    bool has_reader();
    asio::awaitable<void> wait_for_reader();

    // session_admit.cpp
    next begin_serving();
    asio::awaitable<next> find_sender_later();
    next begin_serving_known();
    next look_again();
    asio::awaitable<reply> reply_again();
    reply refuse_head(request const& from);

    // session_audit.cpp
    identity audited_sender() const;
    bool needs_record(identity const& by) const;
    bool is_unrecordable() const;
    std::vector<std::string> audit(reply& answer);
    asio::awaitable<reply>
    wait_for_records(std::vector<std::string> needed, reply answer, request const& from);
    reply unrecorded(request const& from) const;
    void tell_span(reply const& answer, std::chrono::steady_clock::duration took);

    // session_tls.cpp
    void begin_tls();
    asio::awaitable<bool> shake_hands();
    asio::awaitable<net::tls_server::progress> exchange_handshake();
    void tell_handshake(net::tls_server::progress how);
    boost::asio::mutable_buffer tls_space();
    std::optional<next> look_in_tls();
    std::size_t take_decrypted();
    std::size_t unseal(std::size_t count);
    bool seal();
    void end_tls();
    bool is_still_accepted();
    /// Where the next octets of the peer go.
    boost::asio::mutable_buffer read_space()
    {
        return secured_ ? tls_space()
                        : boost::asio::mutable_buffer(buffer_.space(), buffer_.space_size());
    }
    bool has_unread() const noexcept
    {
        return !buffer_.empty() || (secured_ && secured_->has_more());
    }

    next refuse_with(core::failure why);
    pending_reply begin_reply(request const& from);
    bool joins_next() const noexcept;
    bool yields_turn() const noexcept;

    void wait_until(steady_time deadline);
    std::size_t received(std::size_t count, boost::system::error_code problem);
    asio::awaitable<std::size_t> read_some();
    asio::awaitable<void> refuse_stream();
    asio::awaitable<reply> wait_for_reply(asio::awaitable<reply> rest, request const& from);

    bool is_waiting_for_first_octet() const noexcept;
    void release_memory();
    request make_request() const;

    worker& here_;
    route_table routes_;
    listen_point const& at_;
    session_set& among_;
    stream_socket socket_;
    std::unique_ptr<net::tls_server> secured_;  // null = plain
    std::uint32_t tls_generation_ = 0;          // of the listener, that the peer was accepted by
    core::instant judged_{};                    // when the peer's certificates were looked at
    service::peer peer_;
    connection_gate::place place_;
    bool const is_counted_;  // in metrics: those that are served
    read_buffer buffer_;
    raw_head head_;
    std::optional<identity> sender_;  // of the request; nullopt = it was not asked who sent it
    caller_lease caller_place_;       // of the request, in its caller's limits
    body_parser body_;
    body_budget::lease held_;               // for what exceeds the connection's own memory
    std::shared_ptr<snapshot const> seen_;  // of the request: who is admitted by it is served by it
    std::string id_;
    std::string trace_;        // its traceparent, if that is a good one
    std::string out_;          // replies that are not written yet
    std::size_t written_ = 0;  // of out_
    admission admitted_;
    std::unique_ptr<unfinished_token> unjudged_;  // of `ask_who`
    std::optional<core::failure> broken_;
    std::size_t head_seen_ = 0;  // bytes of a head that find_head has looked at
    std::size_t head_size_ = 0;
    std::uint32_t served_ = 0;
    phase phase_ = phase::idle;
    bool has_expired_ = false;
    bool has_body_ = false;    // body_ holds this request's body
    bool has_waited_ = false;  // for a key, and was begun again
    bool is_filled_ = false;   // the last read took all that there was room for: more is here
    bool lingers_ = false;
    bool is_write_blocked_ = false;  // the peer does not read
    bool is_last_ = false;           // no reply follows what is to be written
    bool is_write_cut_ = false;      // a part of a reply could not be written
    bool gives_way_ = false;         // its handshake ended for others
    steady_time now_;                // read when a request begins, and when it is answered
    steady_time started_{};
    steady_time deadline_ = steady_time::max();
};

}  // namespace service::http
