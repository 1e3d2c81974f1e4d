#pragma once

#include "config/values/settings.hpp"
#include "service/http/raw_head.hpp"

namespace service::http {

/// Where a Host must be a name of ours. A page of any site can have its own name lead to an address
/// that its reader reaches: to loopback, and in development mode, which asks for no credentials, to
/// any address.
enum class guarded_listeners : std::uint8_t { loopback, all };

/// What shows that a request comes from a web page of another site.
enum class foreign_sign : std::uint8_t { none, origin, fetch_site, host };

/// Whether a request comes from a web page of another site: a foreign Origin, a Sec-Fetch-Site of
/// another site, or, on a guarded TCP listener, a Host that is not a name of ours (DNS rebinding).
///
/// at       the listener's address; its host is one of our names.
/// hosts    further names (server.hosts), with or without a port.
/// guarded  which listeners check Host.
/// Source   Fetch section 3.2 (Origin); Fetch Metadata section 2.3 (Sec-Fetch-Site)
foreign_sign sign_of_foreign(
    raw_head const& head, config::address const& at, std::vector<std::string> const& hosts,
    guarded_listeners guarded = guarded_listeners::loopback
);
inline bool is_foreign(
    raw_head const& head, config::address const& at, std::vector<std::string> const& hosts,
    guarded_listeners guarded = guarded_listeners::loopback
)
{
    return sign_of_foreign(head, at, hosts, guarded) != foreign_sign::none;
}

/// The refusal, with a sentence that says which field is foreign and, of a Host, how to make it ours.
///
/// which    not none.
/// host     untrusted: shown only where it is short and looks like a name with a port.
/// is_dev   where --host names hosts too.
core::failure refusal_of_foreign(foreign_sign which, std::string_view host, bool is_dev);

}  // namespace service::http
