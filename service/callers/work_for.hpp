#pragma once

#include "service/callers/identity.hpp"
#include "service/runtime/work_origin.hpp"

namespace service {

/// Work for whoever is at the other end of a connection, whatever else the request proves.
///
/// from     null = nobody, as on the command line.
work_origin strangers_work(peer const* from) noexcept;

/// Work for the caller that sent a request; strangers_work without one. In development mode anybody
/// is a caller.
work_origin work_for(identity const& by) noexcept;

}  // namespace service
