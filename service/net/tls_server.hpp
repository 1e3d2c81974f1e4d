#pragma once

#include "service/callers/client_certificate.hpp"
#include "service/net/tls_server_context.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace service::net {

/// Limit for what a client may send without any of it being content: its handshake with a chain of
/// certificates, or later changes of keys and empty records.
inline constexpr std::size_t octets_without_content_max = 64U * 1024U;

/// The server's side of one TLS connection. It only transforms octets: whoever has the socket moves
/// them. For one thread.
class tls_server {
public:
    enum class progress : std::uint8_t {
        waits,   ///< for more octets of the peer
        done,    ///< content can be read and sealed
        failed,  ///< see why_failed; the connection is of no use
    };

    explicit tls_server(std::shared_ptr<tls_server_context const> with);
    ~tls_server();
    tls_server(tls_server const&) = delete;
    tls_server& operator=(tls_server const&) = delete;

    /// Room for octets from the peer. Valid until received().
    std::span<char> space();
    /// Takes the first `count` octets of that room.
    void received(std::size_t count) noexcept;

    /// Goes on with the handshake as far as what has arrived allows. Afterwards octets may wait for
    /// the peer, also when it failed: take_for_peer.
    progress shake_hands();
    /// A fixed sentence, never a text of the peer.
    std::string_view why_failed() const noexcept;
    /// Whether the handshake failed because of the certificate that the client showed or did not.
    bool has_refused_client() const noexcept;
    bool is_resumed() const noexcept;
    /// What the client's certificate says; null = it has shown none. Call it once the handshake is
    /// done; it makes a new object every time.
    std::shared_ptr<client_certificate const> client() const;

    /// Decrypts the next content.
    ///
    /// Returns  how many octets; 0 = more must arrive first, or has_ended().
    std::size_t read(std::span<char> into);
    /// Whether read() may give something without more arriving.
    bool has_more() const noexcept;
    /// Whether read() has seen a part of a record, of which the rest must arrive first.
    bool is_in_record() const noexcept;
    /// Whether nothing more can be read: the peer has said so, or broke the rules of TLS.
    bool has_ended() const noexcept;

    /// Replaces content by what is to be sent for it, after everything that waits for the peer
    /// already. While it runs, both are in memory.
    ///
    /// Returns  false when the connection is of no use any more.
    bool seal(std::string& content);
    /// Tells the peer that nothing follows. RFC 8446 section 6.1: "Each party MUST send a
    /// "close_notify" alert before closing its write side of the connection"
    void close();
    /// What waits for the peer, which must be sent next.
    std::string take_for_peer();

    /// Gives back memory that an idle connection does not need. Not while a read into space() waits.
    void shrink();

    struct engine;  ///< of the library; tls_server_parts.hpp
    engine const& get() const noexcept { return *engine_; }

private:
    std::unique_ptr<engine> engine_;
};

}  // namespace service::net
