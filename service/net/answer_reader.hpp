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

/// Limit for an answer's head together with those of the interim answers before it.
inline constexpr std::size_t head_octets_max = 16U * 1024U;

/// How many bytes a connection accepts for one answer: head, body, and the framing of the body. The
/// framing gets an eighth of the body, which is enough for chunks of about 64 bytes on average
/// (servers that stream write KiB), and 16 KiB for everything between and after.
constexpr std::size_t answer_octets_max(std::size_t body_octets_max) noexcept
{
    constexpr std::size_t framing = 16U * 1024U;
    return head_octets_max + body_octets_max + body_octets_max / 8 + framing;
}

/// Why HTTP over a stream ended early, as a fetch reports it.
fetch_failure failure_of(boost::system::error_code const& why);

/// Reads one HTTP answer. Its own memory is the body and 16 KiB: a line of the framing, or
/// trailers, that do not end within these are too_large. The stream limits the total number of
/// bytes.
class answer_reader {
public:
    explicit answer_reader(stream& from);
    ~answer_reader();
    answer_reader(answer_reader const&) = delete;
    answer_reader& operator=(answer_reader const&) = delete;

    /// Reads to the end of the head; skips a few interim answers (100, 103).
    ///
    /// Returns  nullopt when status and fields are there; too_large for a head over
    ///          head_octets_max.
    asio::awaitable<std::optional<fetch_failure>> read_head();

    /// After read_head.
    unsigned status() const;
    /// All values of a field as one list, empty without any. RFC 9110 section 5.2. Ask before the
    /// body is read: trailers are not fields of the answer.
    std::string field(std::string_view name) const;
    /// Whether bytes after the head have arrived already.
    bool has_more() const;

    /// Returns  nullopt when the body is complete; too_large when it is longer than octets_max,
    ///          announced or not.
    asio::awaitable<std::optional<fetch_failure>> read_body(std::size_t octets_max);
    std::string take_body();

private:
    struct parts;  // of the HTTP library
    std::unique_ptr<parts> parts_;
};

}  // namespace service::net
