#pragma once

#include "core/audit/record.hpp"
#include "core/keys/key_ring.hpp"
#include "service/state/worker.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace service {

/// The states of our keys as they were last recorded.
class recorded_keys {
public:
    struct change {
        std::string series, kid;
        std::string_view from, to;  ///< names of states; "none" = the key is not configured
    };
    /// What has changed since the last call; at the first one every key is new.
    std::vector<change> update(core::ring_view const& now);

private:
    using name = std::pair<std::string, std::string>;  // series and kid
    std::map<name, core::key_state> known_;
};

/// Wakes the audit log four times a second, and records the keys that change their state. For one
/// worker, on its thread; ends with its loop. The service has an audit log.
boost::asio::awaitable<void> watch_audit(worker& here);

/// The members of a record of the service itself: that it starts, or that it stops.
std::string service_record(core::audit_event event, shared_state& of);

/// The members of the record of a reload that nobody asked for by a request.
///
/// by       "signal" or "files".
std::string reload_record(reload_report const& how, std::string_view by, core::instant now);

}  // namespace service
