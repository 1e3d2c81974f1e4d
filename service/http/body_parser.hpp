#pragma once

#include "core/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace service::http {

/// Limit for a chunk's size with its extensions, or for all trailers together, in bytes.
inline constexpr std::size_t chunk_line_max = 4096;

/// Most raw bytes of a chunked body whose content may have `body_max`: an eighth and 4 KiB more.
constexpr std::uint64_t chunked_octets_max(std::uint64_t body_max) noexcept
{
    return body_max + body_max / 8 + 4096;
}

/// Reads the body of one message after another with Beast's parser, which reads the head again: two
/// readers must agree before anything is served.
class body_parser {
public:
    body_parser();
    ~body_parser();

    /// Begins a message.
    ///
    /// head     complete, already scanned by scan_head.
    /// body_max a longer body is body_too_large. So is a chunked body with more raw bytes than
    ///          chunked_octets_max(body_max): sizes, extensions and trailers are useless, and still
    ///          have to be read.
    /// Errors   request_invalid when Beast reads the head differently, body_too_large when
    ///          Content-Length says so.
    std::optional<core::failure> begin(std::string_view head, std::uint64_t body_max);

    /// Whether the message is complete.
    bool is_done() const noexcept;

    /// Reads what arrived after the head.
    ///
    /// used     set to the number of bytes that were used; the rest belongs to the next call (in
    ///          front of what arrives then), or to the next message when is_done().
    /// Errors   body_too_large, request_invalid (invalid chunks; a chunk's head, or all trailers
    ///          together, of more than chunk_line_max).
    std::optional<core::failure> feed(std::string_view octets, std::size_t& used);

    /// How much memory the body will take after `more` further bytes, and how much it takes now.
    std::size_t memory_for(std::size_t more) const noexcept;
    std::size_t memory() const noexcept;

    /// The part of the body that was read; valid until the next begin() or release().
    std::string_view body() const noexcept;

    /// Gives the body's memory back, except a little that the next message will use.
    void release() noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace service::http
