#pragma once

#include "service/http/session.hpp"

namespace service::http {

/// The sessions of one worker. One sweep in a quarter of a second looks after every deadline, so
/// that no request pays for a timer.
class session_set {
public:
    void add(session& one) { all_.push_back(one); }
    void sweep(steady_time now);
    /// From now on every reply ends its connection, and idle connections end at once.
    void close_idle(steady_time now);
    void close_all();
    bool is_closing() const noexcept { return is_closing_; }

private:
    boost::intrusive::list<session, boost::intrusive::constant_time_size<false>> all_;
    bool is_closing_ = false;
};

}  // namespace service::http
