#pragma once

#include <boost/asio/io_context.hpp>

namespace service {

/// While the pool refuses work of this thread (see lateness), lets it look for requests once a
/// millisecond and no more often: whatever came meanwhile is read at one go. Otherwise each request
/// that is refused takes the core from work of the pool, which is what they all wait for.
///
/// io  the loop of the thread that calls. Nothing happens when this has begun already.
void let_requests_gather(boost::asio::io_context& io);

}  // namespace service
