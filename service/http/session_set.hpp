#pragma once

#include "service/http/session.hpp"
#include "service/observe/metric_labels.hpp"
#include "service/runtime/episode.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

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
    /// Whether a request is being served.
    bool is_serving() const;
    bool is_closing() const noexcept { return is_closing_; }

    /// How many TLS handshakes there may be at once.
    void limit_handshakes(std::size_t most) noexcept { handshakes_max_ = most; }
    /// Counts a handshake that begins. Beyond the limit one that has waited long ends: of the same
    /// peer, when that has its even share of them already, else of anybody. Whoever means it is done
    /// in a moment, so that strangers who only open connections push out their own.
    void begin_handshake(session& one);
    /// Does nothing when it is not counted any more.
    void end_handshake(session& one) noexcept;
    /// Whether an episode of handshakes that fail this way begins now, for the log.
    bool begins_failing(handshake_outcome how, steady_time now) noexcept
    {
        return failures_[static_cast<std::size_t>(how)].begins(now);
    }

private:
    session& longest_for(session const& newcomer);

    using handshakes = boost::intrusive::list<
        session, boost::intrusive::base_hook<handshake_hook>,
        boost::intrusive::constant_time_size<false>>;

    boost::intrusive::list<session, boost::intrusive::constant_time_size<false>> all_;
    handshakes shaking_;                            // in the order in which they began
    std::map<peer_group, std::size_t> shaking_of_;  // how many of each peer; no zeros
    std::size_t handshakes_ = 0, handshakes_max_ = SIZE_MAX;
    std::array<episode, handshake_outcomes> failures_;
    bool is_closing_ = false;
};

}  // namespace service::http
