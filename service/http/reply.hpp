#pragma once

#include "core/audit/record.hpp"
#include "core/base/error.hpp"
#include "core/keys/jwk_set.hpp"
#include "service/http/error_table.hpp"
#include "service/http/header_lines.hpp"
#include "service/http/request.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace service::http {

/// What an endpoint answers. The session adds Content-Length, Cache-Control, nosniff, X-Request-Id
/// and Connection.
struct reply {
    unsigned status = 200;
    std::string_view content_type = "application/json";  ///< empty = none is sent; static storage
    std::string body;
    header_lines headers{};
    std::string_view code = "ok";  ///< the errc's name, for logs and metrics; static storage
    bool cacheable = false;        ///< `headers` has the endpoint's own Cache-Control
    bool begins_again = false;     ///< no reply yet, see begin_again
    bool is_batch = false;         ///< `audited` has how each item ended; else it is this reply
    std::vector<core::audit_note> audited{};  ///< what an endpoint has noted; empty = nothing
};

/// Who receives a problem document: a request, or what stands in for one.
struct addressee {
    std::string_view accept_language, request_id;
    addressee(std::string_view language, std::string_view id)
        : accept_language(language), request_id(id)
    {
    }
    addressee(request const& from)  // NOLINT: a request is the usual one
        : accept_language(from.accept_language()), request_id(from.request_id())
    {
    }
};

/// Another configuration took effect while the endpoint waited, and nothing that was decided holds
/// any more: the session admits the request once more and asks the endpoint again, which then must
/// not wait for a key (`request::has_waited`).
inline reply begin_again()
{
    reply none;
    none.begins_again = true;
    return none;
}

/// 200 application/json.
reply json_reply(std::string body);

/// application/problem+json (RFC 9457): type, title (by Accept-Language), status, detail, code,
/// request_id; `valid: false` for a refused token; claim, reason, part and member where the failure
/// has them; `skipped` where some are. 401 outside /auth carries WWW-Authenticate: Bearer,
/// overloaded, rate_limited and rotation_too_early carry Retry-After.
///
/// skipped  entries of the set in the request that were not used.
reply problem(
    core::failure const& what, addressee const& to, context where = context::request,
    std::vector<core::left_out_key> const& skipped = {}
);

}  // namespace service::http
