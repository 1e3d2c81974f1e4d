#include "service/net/answer_reader.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>

namespace service::net {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using parser = http::response_parser<http::string_body>;

/// Bytes that the parser cannot use yet: it needs a whole line of the head or of a chunk, and all
/// lines of the trailers. Real lines are less than a tenth of this.
constexpr std::size_t unparsed_octets_max = 16U * 1024U;
constexpr int interim_answers_max = 4;  // 100 and 103; servers send at most one of each

bool is_interim(unsigned status)
{
    return status >= 100 && status < 200 && status != 101;  // we never ask for another protocol
}

}  // namespace

fetch_failure failure_of(error_code const& why)
{
    if (why == tls_failed())
        return {fetch_error::tls, "The TLS connection broke."};
    if (why == octets_exceeded())
        return {fetch_error::too_large, "The answer has too many bytes."};
    if (why == http::error::buffer_overflow)
        return {fetch_error::too_large, "The answer's framing is larger than allowed."};
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

struct answer_reader::parts {
    explicit parts(stream& octets) : from(octets), buffer(unparsed_octets_max) {}

    /// One step on: parses what is there, or reads more.
    asio::awaitable<error_code> advance()
    {
        error_code problem;
        if (buffer.size() != 0) {
            bool const is_head = !reading->is_header_done();
            auto const used = reading->put(buffer.data(), problem);
            buffer.consume(used);
            head_octets += is_head ? used : 0;  // the parser's own limit is for one line and more
            if (head_octets > head_octets_max)
                co_return http::error::header_limit;
            if (problem != http::error::need_more && (problem || used != 0))
                co_return problem;
            problem = {};
        }
        if (buffer.size() == unparsed_octets_max)
            co_return http::error::buffer_overflow;
        auto const space = buffer.prepare(unparsed_octets_max - buffer.size());
        std::span<char> const into(static_cast<char*>(space.data()), space.size());
        auto const count = co_await from.read_some(into, problem);
        buffer.commit(count);
        if (count != 0 || problem)
            co_return problem;
        if (!reading->got_some())  // the parser asserts that it did
            co_return http::error::end_of_stream;
        reading->put_eof(problem);
        co_return problem;
    }

    asio::awaitable<error_code> advance_to_body()
    {
        reading.emplace();
        reading->body_limit(boost::none);  // not yet: it is for the bodies that are read
        reading->header_limit(head_octets_max);
        error_code problem;
        while (!reading->is_header_done() && !problem)
            problem = co_await advance();
        co_return problem;
    }

    stream& from;
    boost::beast::flat_buffer buffer;
    std::size_t head_octets = 0;
    std::optional<parser> reading;
};

answer_reader::answer_reader(stream& from) : parts_(std::make_unique<parts>(from)) {}
answer_reader::~answer_reader() = default;

asio::awaitable<std::optional<fetch_failure>> answer_reader::read_head()
{
    for (int interim = 0; interim <= interim_answers_max; ++interim) {
        if (auto const problem = co_await parts_->advance_to_body())
            co_return failure_of(problem);
        if (!is_interim(status()))
            co_return std::nullopt;
    }
    co_return fetch_failure{fetch_error::protocol, "The origin sends only interim answers."};
}

unsigned answer_reader::status() const
{
    return parts_->reading->get().result_int();
}

std::string answer_reader::field(std::string_view name) const
{
    std::string values;
    auto const [begin, end] = parts_->reading->get().equal_range({name.data(), name.size()});
    for (auto one = begin; one != end; ++one) {
        if (!values.empty())
            values += ", ";
        values.append(one->value().data(), one->value().size());
    }
    return values;
}

bool answer_reader::has_more() const
{
    return parts_->buffer.size() != 0;
}

asio::awaitable<std::optional<fetch_failure>> answer_reader::read_body(std::size_t octets_max)
{
    auto& reading = *parts_->reading;
    error_code problem;
    if (reading.content_length().value_or(0) > octets_max)
        problem = http::error::body_limit;
    reading.body_limit(octets_max);
    reading.eager(true);
    while (!reading.is_done() && !problem)
        problem = co_await parts_->advance();
    if (problem)
        co_return failure_of(problem);
    co_return std::nullopt;
}

std::string answer_reader::take_body()
{
    return std::move(parts_->reading->get().body());
}

}  // namespace service::net
