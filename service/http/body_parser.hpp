#pragma once

#include "core/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace service::http {

/// A chunk's size with its extensions, or all trailers together, in octets.
inline constexpr std::size_t chunk_line_max = 4096;

/// Most raw octets of a chunked body whose content may have `body_max`: an eighth and 4 KiB more.
constexpr std::uint64_t chunked_octets_max(std::uint64_t body_max) noexcept
{
    return body_max + body_max / 8 + 4096;
}

/// Reads the body of one message after another by Beast's parser, which reads the head again: two
/// readers must agree before anything is served.
class body_parser {
public:
    body_parser();
    ~body_parser();

    /// Begins a message.
    ///
    /// head     complete, already scanned by scan_head.
    /// body_max more octets of body are body_too_large. Of a chunked one, so are more raw octets
    ///          (sizes, extensions and trailers are of no use, and still have to be read) than
    ///          chunked_octets_max(body_max).
    /// Errors   request_invalid when Beast reads the head differently, body_too_large when
    ///          Content-Length says so.
    std::optional<core::failure> begin(std::string_view head, std::uint64_t body_max);

    /// Whether the message is complete.
    bool is_done() const noexcept;

    /// Feeds what arrived after the head.
    ///
    /// used     set to how many octets are consumed; what is left belongs to the next call (put
    ///          before what arrives then), or to the next message when is_done().
    /// Errors   body_too_large, request_invalid (chunks that are none; a chunk's head, or all
    ///          trailers together, of more than chunk_line_max).
    std::optional<core::failure> feed(std::string_view octets, std::size_t& used);

    /// How much memory the body will take once `more` octets are fed, and how much it takes now.
    std::size_t memory_for(std::size_t more) const noexcept;
    std::size_t memory() const noexcept;

    /// What has been read of the body; stands until the next begin() or release().
    std::string_view body() const noexcept;

    /// Gives the body's memory back, but for a little that the next message will use.
    void release() noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace service::http
