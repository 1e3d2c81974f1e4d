#pragma once

#include <cstdint>
#include <string_view>

namespace service {

/// How many octets of this process are locked: they are never swapped out. 0 when that cannot be
/// read.
std::uint64_t locked_octets();

/// How many there are when the system refuses none: Botan's pool, and where OpenSSL is in use its own.
constexpr std::uint64_t octets_to_lock(bool has_openssl) noexcept
{
    constexpr std::uint64_t of_botan = 512U * 1024U, of_openssl = 4U * 1024U * 1024U;
    return of_botan + (has_openssl ? of_openssl : 0);
}

/// From the text of /proc/self/status.
std::uint64_t locked_octets_in(std::string_view status);

}  // namespace service
