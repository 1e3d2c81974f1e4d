#pragma once

#include "core/base/error.hpp"
#include "service/http/request.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace service::http {

/// The head of a request, read from its raw bytes, so that what a lenient parser would hide is
/// still visible. Does no input or output; views point into the scanned text.
struct raw_head {
    std::string_view method;
    std::string_view path;      ///< of the target, as sent: not decoded
    std::string_view query;     ///< without '?'
    std::vector<field> fields;  ///< without those that Connection names
    std::string_view host;      ///< empty = none (HTTP/1.0)
    std::optional<std::uint64_t> content_length;
    bool is_http_1_0 = false;
    bool is_chunked = false;
    bool keep_alive = true;
    bool says_close = false, says_keep_alive = false;  ///< Connection; keep_alive follows from them
    std::size_t connection_names = 0;                  ///< how many fields Connection names
    bool expects_continue = false;
    std::size_t authorizations =
        0;  ///< fields of that name; several are refused, on /auth by its own rules

    /// Forgets everything; the vector keeps its memory.
    void reset()
    {
        auto kept = std::move(fields);
        kept.clear();
        *this = raw_head{};
        fields = std::move(kept);
    }
    bool announces_body() const noexcept { return is_chunked || content_length.value_or(0) != 0; }
};

/// What has arrived of a head so far.
enum class head_progress : std::uint8_t { incomplete, complete, broken };
struct head_extent {
    head_progress progress;
    std::size_t size =
        0;  ///< of a complete head with its empty line; else the bytes seen, to resume at
};

/// Looks for the empty line. Resumable: pass the size of the last answer back as `seen`.
///
/// buffered untrusted; begins with the request line.
/// Returns  broken at once for a line that ends without CR, and for a first byte that no method
///          has (TLS on a plain port).
/// Source   RFC 9112 section 2.2: "a recipient MAY recognize a single LF as a line terminator"; we
///          do not: two readers of one stream must agree on where a line ends.
head_extent find_head(std::string_view buffered, std::size_t seen = 0);

/// Reads a complete head into `into` (whose vector is reused).
///
/// head       with its empty line, as find_head measured it.
/// fields_max more header fields are head_too_large.
/// Errors     head_too_large; request_invalid for everything else that RFC 9112 lets two readers
///            see differently: obs-fold, bare CR, control bytes, space before a colon;
///            Transfer-Encoding other than exactly `chunked`, together with Content-Length or on
///            HTTP/1.0; Content-Length that is not one plain number; no Host or several; a target
///            that is not a path or an absolute URI of that Host; Expect other than 100-continue;
///            Connection that names more than 16 fields, or one that frames the request or decides
///            about it (Host, Content-*, Authorization, Cookie, Origin, Sec-Fetch-*,
///            X-Forwarded-* ...).
/// Source     RFC 9112 sections 2.2, 3.2, 5, 6; RFC 9110 sections 7.2, 7.6.1, 10.1.1; section 7.8:
///            "A server MAY ignore a received Upgrade header field"; ours does, because Java's
///            HttpClient, Apache's and every WebSocket handshake behind a callout send it.
std::optional<core::failure>
scan_head(std::string_view head, std::size_t fields_max, raw_head& into);

}  // namespace service::http
