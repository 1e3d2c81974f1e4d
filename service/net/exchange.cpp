#include "service/net/exchange.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <charconv>

namespace service::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using parser = http::response_parser<http::string_body>;

constexpr std::size_t read_size = 16U * 1024U;
constexpr std::uint32_t head_bytes_max = 16U * 1024U;
constexpr int interim_answers_max = 4;  // 100 and 103; nobody sends more than one of each
constexpr std::int64_t age_max = std::int64_t{1} << 31;  // RFC 9111 section 1.2.2
constexpr std::string_view user_agent = "signet/" SIGNET_VERSION;

bool is_token(std::string_view name)
{
    return !name.empty() && std::ranges::all_of(name, [](char one) {
        constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
        return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z')
            || (one >= '0' && one <= '9') || marks.find(one) != std::string_view::npos;
    });
}

bool is_field_value(std::string_view value)
{
    return std::ranges::none_of(value, [](char one) {
        return (one >= 0 && one < ' ' && one != '\t') || one == '\x7f';
    });
}

void add_field(std::string& to, std::string_view name, std::string_view value)
{
    to.append(name).append(": ").append(value).append("\r\n");
}

/// What the origin said once is sent back only when it can stand in a request.
void add_condition(std::string& to, std::string_view name, std::string_view value)
{
    if (!value.empty() && is_field_value(value))
        add_field(to, name, value);
}

fetch_failure failed(error_code const& why)
{
    if (why == tls_failed())
        return {fetch_error::tls, "The TLS connection broke."};
    if (why == http::error::body_limit)
        return {fetch_error::too_large, "The answer's body is larger than allowed."};
    if (why == http::error::header_limit)
        return {fetch_error::too_large, "The answer's head is larger than allowed."};
    if (why == asio::error::operation_aborted)
        return {fetch_error::cancelled, "The fetch was cancelled."};
    if (why == http::error::end_of_stream || why == http::error::partial_message)
        return {fetch_error::protocol, "The connection ended before the answer did."};
    if (why.category() == make_error_code(http::error::bad_version).category())
        return {fetch_error::protocol, "The answer is not well-formed HTTP."};
    return {fetch_error::protocol, "The connection broke before the answer was complete."};
}

/// One step on: parses what is there, or reads more.
asio::awaitable<error_code> advance(stream& from, beast::flat_buffer& buffer, parser& into)
{
    error_code problem;
    if (buffer.size() != 0) {
        auto const used = into.put(buffer.data(), problem);
        buffer.consume(used);
        if (problem != http::error::need_more && (problem || used != 0))
            co_return problem;
        problem = {};
    }
    auto const space = buffer.prepare(read_size);
    std::span<char> const into_space(static_cast<char*>(space.data()), space.size());
    auto const count = co_await from.read_some(into_space, problem);
    buffer.commit(count);
    if (count != 0 || problem)
        co_return problem;
    if (!into.got_some())  // the parser asserts that it did
        co_return http::error::end_of_stream;
    into.put_eof(problem);
    co_return problem;
}

asio::awaitable<error_code> read_head(stream& from, beast::flat_buffer& buffer, parser& into)
{
    into.header_limit(head_bytes_max);
    error_code problem;
    while (!into.is_header_done() && !problem)
        problem = co_await advance(from, buffer, into);
    co_return problem;
}

/// The limit stands from here on, not from the head, so that it is for the bodies that are read.
asio::awaitable<error_code>
read_body(stream& from, beast::flat_buffer& buffer, parser& into, std::size_t bytes_max)
{
    if (into.content_length().value_or(0) > bytes_max)
        co_return http::error::body_limit;
    into.body_limit(bytes_max);
    into.eager(true);
    error_code problem;
    while (!into.is_done() && !problem)
        problem = co_await advance(from, buffer, into);
    co_return problem;
}

bool is_interim(unsigned status)
{
    return status >= 100 && status < 200 && status != 101;  // nobody asked for another protocol
}

bool is_redirect(unsigned status)
{
    return status >= 300 && status < 400 && status != 304;
}

using fields = parser::value_type;

/// All values of a field as one list. RFC 9110 section 5.2
std::string joined(fields const& from, http::field name)
{
    std::string values;
    auto const [begin, end] = from.equal_range(name);
    for (auto one = begin; one != end; ++one) {
        if (!values.empty())
            values += ", ";
        values.append(one->value().data(), one->value().size());
    }
    return values;
}

std::string only(fields const& from, http::field name)
{
    auto const value = from[name];
    return {value.data(), value.size()};
}

std::chrono::seconds read_age(std::string_view text)
{
    std::int64_t age = 0;
    auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), age);
    if (problem == std::errc::result_out_of_range)
        age = age_max;
    else if (problem != std::errc{} || end != text.data() + text.size() || age < 0)
        return std::chrono::seconds(0);
    return std::chrono::seconds(std::min(age, age_max));
}

fetch_answer answer_of(fields&& from)
{
    fetch_answer answer;
    answer.status = from.result_int();
    answer.etag = only(from, http::field::etag);
    answer.last_modified = only(from, http::field::last_modified);
    answer.cache_control = joined(from, http::field::cache_control);
    answer.content_type = only(from, http::field::content_type);
    answer.age = read_age(only(from, http::field::age));
    answer.body = std::move(from.body());
    return answer;
}

bool is_encoded(fields const& from)
{
    auto const coding = from[http::field::content_encoding];
    return !coding.empty() && !beast::iequals(coding, "identity");
}

}  // namespace

std::optional<std::string> render_get(
    core::http_url const& url, fetch_target const& target, fetch_conditions const& conditions,
    bool by_proxy
)
{
    std::string text = "GET ";
    if (by_proxy)
        text.append("http://").append(host_field(url));
    text.append(url.target).append(" HTTP/1.1\r\n");
    add_field(text, "Host", host_field(url));
    add_field(text, "User-Agent", user_agent);
    add_field(text, "Accept", "application/json, application/jwk-set+json;q=0.9, */*;q=0.1");
    add_field(text, "Accept-Encoding", "identity");
    add_field(text, "Connection", "close");
    add_condition(text, "If-None-Match", conditions.etag);
    add_condition(text, "If-Modified-Since", conditions.last_modified);
    for (auto const& [name, value] : target.headers) {
        if (!is_token(name) || !is_field_value(value))
            return std::nullopt;
        add_field(text, name, value);
    }
    return text += "\r\n";
}

asio::awaitable<fetch_result>
exchange(stream& over, std::string const& request, std::size_t body_bytes_max)
{
    error_code problem;
    co_await over.write(request, problem);
    if (problem)
        co_return failed(problem);
    beast::flat_buffer buffer;
    for (int interim = 0; interim <= interim_answers_max; ++interim) {
        parser reading;
        reading.body_limit(boost::none);
        problem = co_await read_head(over, buffer, reading);
        if (problem)
            co_return failed(problem);
        auto const status = reading.get().result_int();
        if (is_interim(status))
            continue;
        if (is_redirect(status))
            co_return fetch_failure{
                fetch_error::redirect, "The origin redirects, which is not followed."};
        if (status != 200)
            co_return answer_of(reading.release());
        if (is_encoded(reading.get()))
            co_return fetch_failure{
                fetch_error::protocol, "The answer's content is encoded, which was not asked for."};
        problem = co_await read_body(over, buffer, reading, body_bytes_max);
        if (problem)
            co_return failed(problem);
        co_return answer_of(reading.release());
    }
    co_return fetch_failure{fetch_error::protocol, "The origin sends interim answers only."};
}

asio::awaitable<std::optional<fetch_failure>> open_tunnel(stream& over, core::http_url const& url)
{
    auto const name = authority(url);
    std::string request = "CONNECT " + name + " HTTP/1.1\r\n";
    add_field(request, "Host", name);
    add_field(request, "User-Agent", user_agent);
    request += "\r\n";
    error_code problem;
    co_await over.write(request, problem);
    if (problem)
        co_return failed(problem);
    beast::flat_buffer buffer;
    parser reading;
    reading.skip(true);
    problem = co_await read_head(over, buffer, reading);
    if (problem)
        co_return failed(problem);
    if (reading.get().result_int() / 100 != 2)
        co_return fetch_failure{fetch_error::connect, "The proxy refuses the connection."};
    // A TLS server waits for its client: what came early came from the proxy.
    if (buffer.size() != 0)
        co_return fetch_failure{fetch_error::protocol, "The proxy's answer is not well-formed."};
    co_return std::nullopt;
}

}  // namespace service::net
