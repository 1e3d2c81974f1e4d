#include "service/net/exchange.hpp"

#include "core/base/ascii.hpp"
#include "service/net/answer_reader.hpp"

#include <algorithm>
#include <charconv>

namespace service::net {
namespace {

using boost::system::error_code;

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

/// What the origin said earlier is sent back only when it fits into a request.
void add_condition(std::string& to, std::string_view name, std::string_view value)
{
    if (!value.empty() && is_field_value(value))
        add_field(to, name, value);
}

bool is_redirect(unsigned status)
{
    return status >= 300 && status < 400 && status != 304;
}

std::chrono::seconds read_age(std::string_view text)
{
    text = text.substr(0, text.find(','));  // RFC 9111 section 5.1: of several the first
    std::int64_t age = 0;
    auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), age);
    if (problem == std::errc::result_out_of_range)
        age = age_max;
    else if (problem != std::errc{} || end != text.data() + text.size() || age < 0)
        return std::chrono::seconds(0);
    return std::chrono::seconds(std::min(age, age_max));
}

fetch_answer answer_of(answer_reader const& from)
{
    fetch_answer answer;
    answer.status = from.status();
    answer.etag = from.field("ETag");
    answer.last_modified = from.field("Last-Modified");
    answer.cache_control = from.field("Cache-Control");
    answer.content_type = from.field("Content-Type");
    answer.age = read_age(from.field("Age"));
    return answer;
}

bool is_encoded(answer_reader const& from)
{
    auto const coding = from.field("Content-Encoding");
    return !coding.empty() && !core::equal_without_case(coding, "identity");
}

}  // namespace

std::optional<std::string> render_get(
    core::http_url const& url, fetch_target const& target, fetch_conditions const& conditions
)
{
    std::string text = "GET " + url.target + " HTTP/1.1\r\n";
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
        co_return failure_of(problem);
    answer_reader reading(over);
    if (auto const failure = co_await reading.read_head())
        co_return *failure;
    if (is_redirect(reading.status()))
        co_return fetch_failure{
            fetch_error::redirect, "The origin redirects, and redirects are not followed."};
    auto answer = answer_of(reading);
    if (answer.status != 200)
        co_return std::move(answer);
    if (is_encoded(reading))
        co_return fetch_failure{
            fetch_error::protocol,
            "The answer's content is encoded, although this was not requested."};
    if (auto const failure = co_await reading.read_body(body_bytes_max))
        co_return *failure;
    answer.body = reading.take_body();
    co_return std::move(answer);
}

asio::awaitable<std::optional<fetch_failure>> open_tunnel(stream& over, std::string authority)
{
    std::string request = "CONNECT " + authority + " HTTP/1.1\r\n";
    add_field(request, "Host", authority);
    add_field(request, "User-Agent", user_agent);
    request += "\r\n";
    error_code problem;
    co_await over.write(request, problem);
    if (problem)
        co_return failure_of(problem);
    answer_reader reading(over);
    if (auto const failure = co_await reading.read_head())
        co_return *failure;
    if (reading.status() / 100 != 2)
        co_return fetch_failure{fetch_error::connect, "The proxy refuses the connection."};
    // The other end waits for its client, in TLS and in HTTP: earlier bytes are the proxy's own.
    if (reading.has_more())
        co_return fetch_failure{fetch_error::protocol, "The proxy's answer is not well-formed."};
    co_return std::nullopt;
}

}  // namespace service::net
