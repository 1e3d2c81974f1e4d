#include "service/http/body_parser.hpp"

#include "service/http/body_buffer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace service::http {

namespace {

namespace beast = boost::beast;
using beast::error_code;

// The rest of a chunked body has at least its last chunk, 0 CRLF CRLF. Beast relies on having that
// much once it has begun to read that chunk.
constexpr std::size_t chunked_rest_min = 5;

/// Beast's parser without its containers: scan_head reads the fields, only the body is kept.
class beast_parser : public beast::http::basic_parser<true> {
public:
    explicit beast_parser(body_buffer& body) : body_(body) {}

private:
    void
    on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, error_code&)
        override
    {
    }
    void on_response_impl(int, beast::string_view, int, error_code&) override {}
    void on_field_impl(
        beast::http::field, beast::string_view name, beast::string_view value, error_code& problem
    ) override
    {
        if (!in_trailers_)
            return;
        trailers_size_ += name.size() + value.size();
        if (trailers_size_ > chunk_line_max)
            problem = beast::http::error::bad_value;
    }
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
    std::size_t on_body_impl(beast::string_view octets, error_code&) override
    {
        body_.append({octets.data(), octets.size()});
        return octets.size();
    }
    void on_chunk_header_impl(
        std::uint64_t size, beast::string_view extensions, error_code& problem
    ) override
    {
        in_trailers_ = size == 0;
        if (extensions.size() > chunk_line_max)
            problem = beast::http::error::bad_chunk_extension;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view octets, error_code&) override
    {
        body_.append({octets.data(), octets.size()});
        return octets.size();
    }
    void on_finish_impl(error_code&) override {}

    body_buffer& body_;
    std::size_t trailers_size_ = 0;
    bool in_trailers_ = false;
};

core::failure failure_of(error_code const& problem)
{
    if (problem == beast::http::error::body_limit)
        return core::errc::body_too_large;
    return core::failure::of(core::errc::request_invalid, "The request is not well-formed HTTP.");
}

}  // namespace

struct body_parser::state {
    body_buffer body;
    std::optional<beast_parser> parser;
    std::uint64_t size_max = 0;  // of the body: the announced length, or the limit
    std::uint64_t raw_left = 0;  // of a chunked body
};

body_parser::body_parser() : state_(std::make_unique<state>()) {}
body_parser::~body_parser() = default;

std::optional<core::failure> body_parser::begin(std::string_view head, std::uint64_t body_max)
{
    release();
    state_->raw_left = chunked_octets_max(body_max);
    auto& parser = state_->parser.emplace(state_->body);
    parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
    parser.body_limit(body_max);
    parser.eager(true);
    error_code problem;
    auto const used = parser.put(boost::asio::buffer(head.data(), head.size()), problem);
    if (problem && problem != beast::http::error::need_more)
        return failure_of(problem);
    if (used != head.size() || !parser.is_header_done())
        return core::failure::of(core::errc::request_invalid, "The head is ambiguous.");
    state_->size_max = parser.content_length().value_or(body_max);
    return std::nullopt;
}

bool body_parser::is_done() const noexcept
{
    return state_->parser->is_done();
}

std::optional<core::failure> body_parser::feed(std::string_view octets, std::size_t& used)
{
    auto& parser = *state_->parser;
    used = 0;
    if (parser.chunked() && octets.size() < chunked_rest_min)
        return std::nullopt;
    state_->body.reserve(memory_for(octets.size()));
    error_code problem;
    used = parser.put(boost::asio::buffer(octets.data(), octets.size()), problem);
    if (problem && problem != beast::http::error::need_more)
        return failure_of(problem);
    if (!parser.chunked())
        return std::nullopt;
    auto const waits = parser.is_done() ? 0 : octets.size() - used;  // for the rest of its line
    if (used + waits > state_->raw_left)
        return core::errc::body_too_large;
    state_->raw_left -= used;
    if (waits > chunk_line_max)
        return core::failure::of(
            core::errc::request_invalid, "A chunk's head or the trailers are too long."
        );
    return std::nullopt;
}

std::size_t body_parser::memory_for(std::size_t more) const noexcept
{
    return state_->body.capacity_for(more, state_->size_max);
}

std::size_t body_parser::memory() const noexcept
{
    return state_->body.capacity();
}

std::string_view body_parser::body() const noexcept
{
    return state_->body.view();
}

void body_parser::release() noexcept
{
    state_->body.clear();
}

}  // namespace service::http
