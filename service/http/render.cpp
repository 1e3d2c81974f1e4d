#include "service/http/render.hpp"

#include <charconv>

namespace service::http {

namespace {

std::string_view status_line(unsigned status)
{
    switch (status) {
    case 200: return "HTTP/1.1 200 OK\r\n";
    case 304: return "HTTP/1.1 304 Not Modified\r\n";
    case 400: return "HTTP/1.1 400 Bad Request\r\n";
    case 401: return "HTTP/1.1 401 Unauthorized\r\n";
    case 403: return "HTTP/1.1 403 Forbidden\r\n";
    case 404: return "HTTP/1.1 404 Not Found\r\n";
    case 405: return "HTTP/1.1 405 Method Not Allowed\r\n";
    case 408: return "HTTP/1.1 408 Request Timeout\r\n";
    case 409: return "HTTP/1.1 409 Conflict\r\n";
    case 413: return "HTTP/1.1 413 Content Too Large\r\n";
    case 415: return "HTTP/1.1 415 Unsupported Media Type\r\n";
    case 422: return "HTTP/1.1 422 Unprocessable Content\r\n";
    case 429: return "HTTP/1.1 429 Too Many Requests\r\n";
    case 431: return "HTTP/1.1 431 Request Header Fields Too Large\r\n";
    case 503: return "HTTP/1.1 503 Service Unavailable\r\n";
    default: return "HTTP/1.1 500 Internal Server Error\r\n";
    }
}

/// What a reply says where development mode is open beyond this machine.
constexpr std::string_view mode_open = "development; anybody who reaches this port can sign";

void append_field(std::string& out, std::string_view name, std::string_view value)
{
    out.append(name).append(": ").append(value).append("\r\n");
}

void append_content_length(std::string& out, std::size_t size)
{
    char digits[24];
    auto const end = std::to_chars(digits, digits + sizeof digits, size).ptr;
    append_field(out, "Content-Length", {digits, static_cast<std::size_t>(end - digits)});
}

}  // namespace

void render(std::string& out, reply const& answer, render_options const& how)
{
    out.append(status_line(answer.status));
    if (!answer.content_type.empty())
        append_field(out, "Content-Type", answer.content_type);
    if (answer.status != 304)  // RFC 9110 section 8.6: the length of the 200, or nothing
        append_content_length(out, answer.body.size());
    out.append(
        answer.cacheable
            ? "X-Content-Type-Options: nosniff\r\nX-Request-Id: "
            : "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: "
    );
    out.append(how.request_id).append("\r\n");
    if (!how.traceparent.empty())
        append_field(out, "traceparent", how.traceparent);
    if (how.dev)
        append_field(out, "X-Signet-Mode", how.is_open ? mode_open : "development");
    out.append(answer.headers.text());
    if (how.close)
        out.append("Connection: close\r\n");
    else if (how.is_http_1_0)
        out.append("Connection: keep-alive\r\n");
    out.append("\r\n");
    if (!how.is_head && answer.status != 304)
        out.append(answer.body);
}

}  // namespace service::http
