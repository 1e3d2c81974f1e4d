#pragma once

#include "core/base/ip_address.hpp"
#include "service/runtime/async.hpp"

#include <functional>
#include <string>
#include <vector>

namespace service::net {

/// Blocks until it knows the addresses of a name, best first; empty = none, or none to be had now.
/// Runs on a thread of its own, perhaps after everything else has ended: it must hold what it uses.
using name_lookup = std::function<std::vector<core::ip_address>(std::string const& host)>;

/// The system's resolver.
std::vector<core::ip_address> system_lookup(std::string const& host);

/// Looks a name up without ever waiting for the look-up at an end: it can be cancelled at any
/// moment, the event loop can go, the process can exit. A look-up whose caller is gone runs to its
/// own end and its result is dropped.
///
/// At most 8 look-ups run at once in the process; more wait for their turn, and beyond 256 that
/// wait they have no answer.
asio::awaitable<std::vector<core::ip_address>> resolve(std::string host, name_lookup lookup);

}  // namespace service::net
