#include "service/http/body_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace service::http {

namespace {

namespace beast = boost::beast;
using beast::error_code;

constexpr std::size_t kept_capacity_max = 16U * 1024U;  // of the body, between messages

/// Beast's parser without its containers: fields are read by scan_head, only the body is kept.
class beast_parser : public beast::http::basic_parser<true> {
public:
    explicit beast_parser(std::string& body) : body_(body) {}

private:
    void
    on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, error_code&)
        override
    {
    }
    void on_response_impl(int, beast::string_view, int, error_code&) override {}
    void
    on_field_impl(beast::http::field, beast::string_view, beast::string_view, error_code&) override
    {
    }
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code&) override
    {
        if (length)
            body_.reserve(*length);  // already within the limit
    }
    std::size_t on_body_impl(beast::string_view octets, error_code&) override
    {
        body_.append(octets.data(), octets.size());
        return octets.size();
    }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view octets, error_code&) override
    {
        body_.append(octets.data(), octets.size());
        return octets.size();
    }
    void on_finish_impl(error_code&) override {}

    std::string& body_;
};

core::failure failure_of(error_code const& problem)
{
    if (problem == beast::http::error::body_limit)
        return core::errc::body_too_large;
    return core::failure::of(core::errc::request_invalid, "The request is not well-formed HTTP.");
}

}  // namespace

struct body_parser::state {
    std::string body;
    std::optional<beast_parser> parser;
};

body_parser::body_parser() : state_(std::make_unique<state>()) {}
body_parser::~body_parser() = default;

std::optional<core::failure> body_parser::begin(std::string_view head, std::uint64_t body_max)
{
    auto& body = state_->body;
    if (body.capacity() > kept_capacity_max)
        body = {};
    body.clear();
    auto& parser = state_->parser.emplace(body);
    parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
    parser.body_limit(body_max);
    parser.eager(true);
    error_code problem;
    auto const used = parser.put(boost::asio::buffer(head.data(), head.size()), problem);
    if (problem && problem != beast::http::error::need_more)
        return failure_of(problem);
    if (used != head.size() || !parser.is_header_done())
        return core::failure::of(core::errc::request_invalid, "The head is ambiguous.");
    return std::nullopt;
}

bool body_parser::is_done() const noexcept
{
    return state_->parser->is_done();
}

std::optional<core::failure> body_parser::feed(std::string_view octets, std::size_t& used)
{
    error_code problem;
    used = state_->parser->put(boost::asio::buffer(octets.data(), octets.size()), problem);
    if (problem && problem != beast::http::error::need_more)
        return failure_of(problem);
    return std::nullopt;
}

std::string_view body_parser::body() const noexcept
{
    return state_->body;
}

}  // namespace service::http
