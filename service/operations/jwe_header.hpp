#pragma once

#include "core/base/error.hpp"
#include "core/base/name_set.hpp"
#include "core/json/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace service {

/// What goes into the header of a JWE in addition to what the algorithms need.
struct jwe_header_request {
    std::optional<core::json::value> wanted;  ///< the caller's `header`; untrusted
    std::optional<std::string_view> typ, cty;
    bool is_claims = false;  ///< typ is JWT unless the request says otherwise
    bool is_nested = false;  ///< cty is JWT. RFC 7519 section 5.2
};

struct jwe_header {
    std::string text;  ///< a JSON object: the caller's members in their order, then typ and cty
    std::optional<std::int64_t> p2c;  ///< PBES2's iteration count, when it is in `header`
};

/// Makes the protected header.
///
/// Errors   request_invalid (`header`, `typ`, `cty`): a name that only we may set or that would
///          point to keys; typ, cty or p2c of the wrong type, or given twice with different values;
///          a nested token's cty that is not JWT.
core::result<jwe_header> read_jwe_header(jwe_header_request const& from);

/// Checks the `header` of one of several recipients, which is next to the protected one.
///
/// shared   the names of the protected header.
/// Errors   as above; also a name of the protected header.
/// Source   RFC 7516 section 4: the names in the headers "MUST be disjoint"
core::result<void> check_own_header(core::json::value own, core::name_set const& shared);

}  // namespace service
