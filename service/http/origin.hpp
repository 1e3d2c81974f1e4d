#pragma once

#include "config/values/settings.hpp"
#include "service/http/raw_head.hpp"

namespace service::http {

/// Whether a request comes from a web page of another site: a foreign Origin, a Sec-Fetch-Site of
/// another site, or, on a loopback TCP listener, a Host that is not a name of ours (DNS rebinding).
///
/// at       the listener's address; its host is one of our names.
/// hosts    further names (server.hosts), with or without a port.
/// Source   Fetch section 3.2 (Origin); Fetch Metadata section 2.3 (Sec-Fetch-Site)
bool is_foreign(
    raw_head const& head, config::address const& at, std::vector<std::string> const& hosts
);

}  // namespace service::http
