#pragma once

#include <string_view>

namespace core {

/// Whether a text can be the name of a SPIFFE trust domain.
///
/// Source   SPIFFE-ID section 2.1: lower-case letters, digits, dots, dashes and underscores;
///          section 2.3: "a maximum length of a trust domain name is 255 bytes"
bool is_trust_domain(std::string_view name) noexcept;

/// Whether a text is the SPIFFE ID of a workload of this trust domain.
///
/// id       untrusted.
/// domain   is_trust_domain holds.
/// Source   SPIFFE-ID section 2.2: segments of letters, digits, dots, dashes and underscores, none
///          of them empty, `.` or `..`; section 2.3: "the maximum length of a SPIFFE ID is 2048
///          bytes". One without a path names the trust domain itself, and not a workload
bool is_workload_of(std::string_view domain, std::string_view id) noexcept;

}  // namespace core
