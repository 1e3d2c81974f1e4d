#pragma once

#include "service/http/session.hpp"

namespace service::http {

/// The sessions of one worker. One sweep per quarter of a second checks every deadline, so that no
/// request pays for a timer.
class session_set {
public:
    void add(session& one) { all_.push_back(one); }
    void sweep(steady_time now);
    /// From now on every reply ends its connection, and idle connections end at once.
    void close_idle(steady_time now);
    void close_all();
    /// Ends one connection that waits for its peer, so that another gets its place: preferably one
    /// that has been served before, and of those the oldest.
    ///
    /// at       only one of this listener whose end frees a place there; null: any, for its
    ///          descriptor.
    /// of       only one of this peer; null: of any.
    /// Returns  false when all are being served.
    bool end_one_that_waits(listen_point const* at, peer_group const* of);
    bool is_closing() const noexcept { return is_closing_; }

private:
    boost::intrusive::list<session, boost::intrusive::constant_time_size<false>> all_;
    bool is_closing_ = false;
};

}  // namespace service::http
