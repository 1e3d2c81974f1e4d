#pragma once

#include "config/values/settings.hpp"
#include "service/callers/peer.hpp"
#include "service/runtime/work_origin.hpp"

namespace service {

/// Work for whoever is at the other end of a connection, whatever else the request proves.
///
/// from     null = nobody, as on the command line.
work_origin strangers_work(peer const* from) noexcept;

/// Work for the first configured caller that the credentials prove; strangers_work without one. In
/// development mode anybody is a caller.
///
/// by       as authorize() takes them.
work_origin work_for(credentials const& by, config::settings const& settings);

}  // namespace service
