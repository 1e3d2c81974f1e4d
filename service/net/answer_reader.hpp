#pragma once

#include "service/net/fetch_failure.hpp"
#include "service/net/stream.hpp"
#include "service/runtime/async.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace service::net {

/// Of an answer's head and those of the interim answers before it.
inline constexpr std::size_t head_octets_max = 16U * 1024U;

/// What a connection has to let in for one answer, every octet of it: head, body, and what frames
/// the body. For that an eighth of the body, which is chunks of some 64 octets on the average (a
/// server that streams writes them by the KiB), and 16 KiB for whatever comes between and after.
constexpr std::size_t answer_octets_max(std::size_t body_octets_max) noexcept
{
    constexpr std::size_t framing = 16U * 1024U;
    return head_octets_max + body_octets_max + body_octets_max / 8 + framing;
}

/// Why HTTP over a stream ended early, in the words of a fetch.
fetch_failure failure_of(boost::system::error_code const& why);

/// Reads one HTTP answer. Its own memory is the body and 16 KiB: a line of the framing that does
/// not end in these, or trailers that do not, are too_large. How many octets come in all is for
/// the stream to bound.
class answer_reader {
public:
    explicit answer_reader(stream& from);
    ~answer_reader();
    answer_reader(answer_reader const&) = delete;
    answer_reader& operator=(answer_reader const&) = delete;

    /// Up to the end of the head; passes over a few interim answers (100, 103).
    ///
    /// Returns  nullopt when status and fields are there; too_large for a head over
    ///          head_octets_max.
    asio::awaitable<std::optional<fetch_failure>> read_head();

    /// After read_head.
    unsigned status() const;
    /// All values of a field as one list, empty without any. RFC 9110 section 5.2. To be asked
    /// before the body is read: trailers are no fields of the answer.
    std::string field(std::string_view name) const;
    /// Whether octets behind the head have come already.
    bool has_more() const;

    /// Returns  nullopt when the body is there; too_large for one over octets_max, announced or
    ///          not.
    asio::awaitable<std::optional<fetch_failure>> read_body(std::size_t octets_max);
    std::string take_body();

private:
    struct parts;  // of the HTTP library
    std::unique_ptr<parts> parts_;
};

}  // namespace service::net
