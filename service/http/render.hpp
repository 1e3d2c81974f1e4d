#pragma once

#include "service/http/reply.hpp"

#include <string>
#include <string_view>

namespace service::http {

/// How a reply is sent.
struct render_options {
    std::string_view request_id;
    bool is_head = false;               ///< Content-Length as for GET, no body
    bool close = false;                 ///< Connection: close
    bool is_http_1_0 = false;           ///< keep-alive has to be said explicitly
    bool dev = false;                   ///< X-Signet-Mode: development
    bool is_open = false;               ///< the same, and that anybody can sign
    std::string_view traceparent = {};  ///< of the request, once it was read; empty = none is sent
};

/// Appends head and body of a reply with sendable headers to `out`.
void render(std::string& out, reply const& answer, render_options const& how);

}  // namespace service::http
