#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace service::http {

/// Reads the body of one message after another by Beast's parser, which reads the head again: two
/// readers must agree before anything is served.
class body_parser {
public:
    body_parser();
    ~body_parser();

    /// Begins a message.
    ///
    /// head     complete, already scanned by scan_head.
    /// body_max more octets of body are body_too_large.
    /// Errors   request_invalid when Beast reads the head differently, body_too_large when
    ///          Content-Length says so.
    std::optional<core::failure> begin(std::string_view head, std::uint64_t body_max);

    /// Whether the message is complete.
    bool is_done() const noexcept;

    /// Feeds what arrived after the head.
    ///
    /// used     set to how many octets are consumed; what is left belongs to the next call (put
    ///          before what arrives then), or to the next message when is_done().
    /// Errors   body_too_large, request_invalid (chunks that are none).
    std::optional<core::failure> feed(std::string_view octets, std::size_t& used);

    /// What has been read of the body; stands until the next begin().
    std::string_view body() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace service::http
