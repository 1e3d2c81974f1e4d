#include "service/endpoints/published/places.hpp"
#include "service/http/route.hpp"

namespace service {

namespace {

/// RFC 9110 section 13.1.2: "the recipient MUST use the weak comparison function"
bool matches(std::string_view if_none_match, std::string_view etag)
{
    while (!if_none_match.empty()) {
        auto const comma = std::min(if_none_match.find(','), if_none_match.size());
        auto one = if_none_match.substr(0, comma);
        if_none_match.remove_prefix(std::min(comma + 1, if_none_match.size()));
        one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
        one = one.substr(0, one.find_last_not_of(" \t") + 1);
        if (one.starts_with("W/"))
            one.remove_prefix(2);
        if (one == "*" || one == etag)
            return true;
    }
    return false;
}

/// The set as a reply: cacheable until the keys change, 304 for a client that has it.
///
/// set, etag  of one set of the view.
http::reply set_reply(
    http::request const& to, core::ring_view const& view, std::string const& set,
    std::string const& etag, core::instant now
)
{
    http::reply answer;
    answer.cacheable = true;
    auto age = view.jwks_max_age;
    if (view.next_transition) {
        auto const left = std::chrono::floor<std::chrono::seconds>(*view.next_transition - now);
        age = std::clamp(left, std::chrono::seconds(1), age);
    }
    answer.headers.add("Cache-Control", "public, max-age=" + std::to_string(age.count()));
    answer.headers.add("ETag", etag);
    answer.headers.add("Access-Control-Allow-Origin", "*");
    auto const condition = to.header("If-None-Match");
    if (condition && matches(*condition, etag)) {
        answer.status = 304;
        answer.content_type = {};
        return answer;
    }
    answer.content_type = "application/jwk-set+json";
    answer.body = set;
    return answer;
}

}  // namespace

asio::awaitable<http::reply> handle_jwks(http::request const& request, worker& here)
{
    auto const now = here.shared.now();
    auto const& view = *here.current(now)->ring;
    co_return set_reply(request, view, view.jwks, view.etag, now);
}

/// The set of a series with `publish: apart`.
asio::awaitable<http::reply> handle_jwks_of_series(http::request const& request, worker& here)
{
    auto const now = here.shared.now();
    auto const& view = *here.current(now)->ring;
    auto const* series = view.find(published::series_in(request.path()));
    if (series == nullptr || series->jwks.empty())
        co_return http::problem(core::errc::not_found, request);
    co_return set_reply(request, view, series->jwks, series->etag, now);
}

}  // namespace service
