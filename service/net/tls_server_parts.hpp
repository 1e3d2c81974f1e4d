#pragma once

#include "service/net/tls_libssl.hpp"
#include "service/net/tls_server.hpp"

/// What TLS listeners keep of the library. Only the tls_server files include this.
namespace service::net {

struct tls_server_context::parts {
    owned_by<SSL_CTX, &libssl::SSL_CTX_free> shared;
    core::instant not_after{};
    bool asks_clients = false;
    bool requires_client = false;
};

/// The octets of one connection between the socket and the library. It stays where it is: the
/// library's BIO points to it.
struct tls_wire {
    std::unique_ptr<char[]> memory;  // arrived, and not yet taken by the library
    std::size_t capacity = 0, begin = 0, end = 0;
    bool is_filled = false;  // the last read took all the room
    std::string to_peer;
    bool is_broken = false;  // there was no memory for to_peer

    bool empty() const noexcept { return begin == end; }
};

struct tls_server::engine {
    std::shared_ptr<tls_server_context const> context;
    tls_wire wire;
    owned_by<SSL, &libssl::SSL_free> tls;  // ends before the wire that it points to
    std::size_t without_content = 0;       // octets since the last content
    std::string_view why_failed;
    std::string_view refused_chain;  // why the client's certificates were not read
    bool has_refused_client = false;
    bool is_ready = false;  // the handshake is done
    bool has_ended = false;
    bool is_closed = false;  // by us
};

/// Judges one step of the library's check of a client's chain, in the handshake and in
/// tls_server_context::still_accepts.
///
/// A certificate must say that it is for clients: OpenSSL also admits one that says nothing. RFC
/// 5280 section 4.2.1.12: "Certificate using applications MAY require that the extended key usage
/// extension be present and that a particular purpose be indicated". And an authority of the
/// configuration needs no list of the one above it, which may be unknown here: whether it is
/// trusted is what the configuration says.
int judge_client(int is_good, X509_STORE_CTX* chain) noexcept;

/// A moment of a certificate or a list; nullopt when it cannot be read.
std::optional<core::instant> to_instant(libssl const& lib, ASN1_TIME const* time);

}  // namespace service::net
