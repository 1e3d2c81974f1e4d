#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <string_view>

namespace service::net {

/// Why a fetch has no answer. The names are metric labels: stable, append only.
enum class fetch_error : std::uint8_t {
    resolve,            ///< the host's name has no address, or none is available now
    forbidden_address,  ///< none of its addresses may be connected to
    connect,            ///< no server listens there, or the proxy refuses
    tls,                ///< no trusted TLS connection
    timeout,            ///< connect_limit or total_limit passed
    too_large,          ///< more head or body than allowed
    protocol,           ///< not a well-formed HTTP answer, or it was cut
    redirect,           ///< the origin redirects, which is never followed
    cancelled,          ///< the caller no longer waits
};
inline constexpr fetch_error all_fetch_errors[] = {
    fetch_error::resolve,  fetch_error::forbidden_address, fetch_error::connect,
    fetch_error::tls,      fetch_error::timeout,           fetch_error::too_large,
    fetch_error::protocol, fetch_error::redirect,          fetch_error::cancelled,
};

/// Stable wire name, for example "forbidden_address".
std::string_view to_string(fetch_error error) noexcept;

struct fetch_failure {
    fetch_error error = fetch_error::protocol;
    std::string_view sentence;  ///< for the log; fixed text, never anything that the origin sent
};

[[noreturn]] void
throw_exception_from_error(fetch_failure const& failure, boost::source_location const& where);

}  // namespace service::net
