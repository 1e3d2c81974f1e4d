#pragma once

#include "core/base/ip_address.hpp"
#include "service/runtime/async.hpp"

#include <functional>
#include <string>
#include <vector>

namespace service::net {

/// Blocks until it knows the addresses of a name, best first; empty = none, or none available now.
/// It runs on its own thread and may outlive everything else, so it must own what it uses.
using name_lookup = std::function<std::vector<core::ip_address>(std::string const& host)>;

/// The system's resolver.
std::vector<core::ip_address> system_lookup(std::string const& host);

/// Looks up a name without ever having to wait for the look-up at an end: it can be cancelled at
/// any moment, and the event loop and the process can end. A look-up without a caller runs to its
/// own end, and its result is dropped.
///
/// At most 8 look-ups run at once in the process. Others wait for their turn; when 256 are waiting,
/// further ones fail.
asio::awaitable<std::vector<core::ip_address>> resolve(std::string host, name_lookup lookup);

}  // namespace service::net
