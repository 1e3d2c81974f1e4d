#include "service/http/raw_head.hpp"

#include "core/base/ascii.hpp"
#include "service/http/hop_by_hop.hpp"

#include <array>
#include <charconv>
#include <cstring>

namespace service::http {

namespace {

using core::failure;

enum : std::uint8_t { token_octet = 1, target_octet = 2, value_octet = 4, host_octet = 8 };

/// What each octet may be part of. RFC 9110 section 5.6.2 (token), RFC 3986 (target, host).
constexpr std::array<std::uint8_t, 256> octet_classes = [] {
    std::array<std::uint8_t, 256> table{};
    auto mark = [&](std::string_view text, std::uint8_t bits) {
        for (char const c : text) {
            auto& cell = table[static_cast<unsigned char>(c)];
            cell = static_cast<std::uint8_t>(cell | bits);
        }
    };
    for (unsigned octet = 0x20; octet < 256; ++octet)
        if (octet != 0x7f)
            table[octet] = value_octet;  // includes obs-text, which is passed on unchanged
    table['\t'] = value_octet;
    for (unsigned octet = 0x21; octet < 0x7f; ++octet)
        if (octet != '#')
            table[octet] |= target_octet;
    mark(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", token_octet | host_octet
    );
    mark("!#$%&'*+-.^_`|~", token_octet);
    mark("-._~[]:", host_octet);
    return table;
}();

bool all_are(std::string_view text, std::uint8_t kind) noexcept
{
    for (char const c : text)
        if ((octet_classes[static_cast<unsigned char>(c)] & kind) == 0)
            return false;
    return true;
}

/// Whether one of eight octets is a control character; here a horizontal tab is one too.
bool has_control(std::uint64_t eight) noexcept
{
    constexpr std::uint64_t each = 0x0101010101010101U, high_bits = each * 0x80;
    auto const from_delete = eight ^ (each * 0x7f);
    auto const below_space = (eight - each * 0x20) & ~eight;
    auto const is_delete = (from_delete - each) & ~from_delete;
    return ((below_space | is_delete) & high_bits) != 0;
}

/// Whether all octets may be in a field's value. Most values have no control characters, and the
/// longest, a token, is most of the head: eight octets are looked at together.
bool is_value(std::string_view text) noexcept
{
    for (std::uint64_t eight = 0; text.size() >= sizeof eight; text.remove_prefix(sizeof eight)) {
        std::memcpy(&eight, text.data(), sizeof eight);
        if (has_control(eight) && !all_are(text.substr(0, sizeof eight), value_octet))
            return false;
    }
    return all_are(text, value_octet);
}

failure invalid(std::string_view sentence)
{
    return failure::of(core::errc::request_invalid, sentence);
}

/// Takes the next line without its CRLF. find_head has checked that every LF follows a CR.
std::string_view take_line(std::string_view& rest)
{
    auto const end = rest.find("\r\n");
    auto const line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    return line;
}

std::optional<failure>
read_request_line(std::string_view line, raw_head& into, std::string_view& target)
{
    auto const first = line.find(' ');
    auto const last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return invalid("The request line is not a method, a target and a version.");
    into.method = line.substr(0, first);
    target = line.substr(first + 1, last - first - 1);
    auto const version = line.substr(last + 1);
    if (into.method.empty() || !all_are(into.method, token_octet))
        return invalid("The method is not a token.");
    if (target.empty() || !all_are(target, target_octet))
        return invalid("The request target contains characters that are not allowed.");
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
        return invalid("The version is neither HTTP/1.1 nor HTTP/1.0.");
    into.is_http_1_0 = version == "HTTP/1.0";
    return std::nullopt;
}

/// RFC 9112 section 3.2.2: "a server MUST accept the absolute-form in requests"; ours must name
/// the same host as Host, so that no intermediary reads another one.
std::optional<failure> read_target(std::string_view target, raw_head& into)
{
    constexpr std::string_view scheme = "http://";
    if (target.front() != '/') {
        if (!core::starts_without_case(target, scheme))
            return invalid("The request target is not a path.");
        target.remove_prefix(scheme.size());
        auto const path = std::min(target.find_first_of("/?"), target.size());
        if (into.host.empty() || !core::equal_without_case(target.substr(0, path), into.host))
            return invalid("The request target and Host name different hosts.");
        target.remove_prefix(path);
        if (target.empty() || target.front() != '/')
            return invalid("The request target has no path.");
    }
    auto const question = target.find('?');
    into.path = target.substr(0, question);
    into.query =
        question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
    return std::nullopt;
}

std::optional<failure> read_content_length(std::string_view value, raw_head& into)
{
    if (into.content_length)
        return invalid("Content-Length appears twice.");
    std::uint64_t length = 0;
    auto const [end, problem] = std::from_chars(value.data(), value.data() + value.size(), length);
    bool const leading_zero = value.size() > 1 && value.front() == '0';
    if (problem != std::errc{} || end != value.data() + value.size() || leading_zero)
        return invalid("Content-Length is not a plain number.");
    into.content_length = length;
    return std::nullopt;
}

/// The fields that frame the message or say whom it is for. RFC 9112 section 6.1: "A server MAY
/// reject a request that contains both Content-Length and Transfer-Encoding".
std::optional<failure> read_field(field const& one, raw_head& into)
{
    auto const is = [&](std::string_view name) { return core::equal_without_case(one.name, name); };
    switch (one.name.size()) {
    case 4:
        if (is("Host")) {
            if (!into.host.empty())
                return invalid("Host appears twice.");
            if (one.value.empty() || !all_are(one.value, host_octet))
                return invalid("Host is not a host name or address.");
            into.host = one.value;
        }
        break;
    case 6:
        if (is("Expect") && !into.is_http_1_0) {
            if (!core::equal_without_case(one.value, "100-continue"))
                return invalid("Expect is not 100-continue.");
            into.expects_continue = true;
        }
        break;
    case 10:
        if (is("Connection"))
            return read_connection(one.value, into);
        break;
    case 13:
        if (is("Authorization"))
            ++into.authorizations;
        break;
    case 14:
        if (is("Content-Length"))
            return read_content_length(one.value, into);
        break;
    case 17:
        if (is("Transfer-Encoding")) {
            if (into.is_http_1_0 || into.is_chunked || one.value != "chunked")
                return invalid("Transfer-Encoding is not exactly `chunked`.");
            into.is_chunked = true;
        }
        break;
    default: break;
    }
    return std::nullopt;
}

std::optional<failure> split_field(std::string_view line, field& into)
{
    if (line.front() == ' ' || line.front() == '\t')
        return invalid("A header field is folded over two lines.");
    auto const colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0)
        return invalid("A header line has no name.");
    into = {line.substr(0, colon), core::trimmed(line.substr(colon + 1), core::http_space)};
    if (!all_are(into.name, token_octet))
        return invalid("A header name is not a token.");
    if (!is_value(into.value))
        return invalid("A header value contains control characters.");
    return std::nullopt;
}

}  // namespace

head_extent find_head(std::string_view buffered, std::size_t seen)
{
    if (!buffered.empty() && !all_are(buffered.substr(0, 1), token_octet))
        return {head_progress::broken};
    auto const size = buffered.size();
    while (seen < size) {
        auto const* const found = std::memchr(buffered.data() + seen, '\n', size - seen);
        if (found == nullptr)
            return {head_progress::incomplete, size};
        auto const at = static_cast<std::size_t>(static_cast<char const*>(found) - buffered.data());
        if (at == 0 || buffered[at - 1] != '\r')
            return {head_progress::broken};
        if (at >= 3 && buffered[at - 2] == '\n')
            return {head_progress::complete, at + 1};
        seen = at + 1;
    }
    return {head_progress::incomplete, seen};
}

std::optional<failure> scan_head(std::string_view head, std::size_t fields_max, raw_head& into)
{
    into.reset();
    std::string_view target;
    if (auto problem = read_request_line(take_line(head), into, target))
        return problem;
    while (head.size() > 2) {
        field one;
        if (auto problem = split_field(take_line(head), one))
            return problem;
        if (into.fields.size() == fields_max)
            return failure::of(core::errc::head_too_large, "There are too many header fields.");
        into.fields.push_back(one);
        if (auto problem = read_field(one, into))
            return problem;
    }
    if (into.host.empty() && !into.is_http_1_0)
        return invalid("The Host header is missing.");
    if (into.is_chunked && into.content_length)
        return invalid("Transfer-Encoding and Content-Length appear together.");
    into.keep_alive = !into.says_close && (!into.is_http_1_0 || into.says_keep_alive);
    if (into.connection_names != 0)
        if (auto problem = drop_hop_by_hop(into))
            return problem;
    return read_target(target, into);
}

}  // namespace service::http
