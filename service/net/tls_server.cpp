#include "service/net/tls_server.hpp"

#include "service/net/tls_client_chain.hpp"
#include "service/net/tls_server_client.hpp"
#include "service/net/tls_server_parts.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace service::net {
namespace {

constexpr std::size_t first_space = 4096;        // most requests fit
constexpr std::size_t large_space = 17U * 1024;  // a record of the largest size, with its head
constexpr std::size_t kept_octets = 4096;        // of what has been sent, while idle

/// How much longer than its content a record is, at most: head, nonce, type and tag.
constexpr std::size_t record_overhead = 64;
constexpr std::size_t record_content = 16U * 1024;

int read_octets(BIO* bio, char* into, std::size_t size, std::size_t* count) noexcept
{
    auto const& lib = *find_libssl();
    auto& from = *static_cast<tls_wire*>(lib.BIO_get_data(bio));
    lib.BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    *count = std::min(size, from.end - from.begin);
    if (*count == 0) {
        lib.BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
        return -1;
    }
    std::memcpy(into, from.memory.get() + from.begin, *count);
    from.begin += *count;
    return 1;
}

/// No exception passes through C.
int write_octets(BIO* bio, char const* from, std::size_t size, std::size_t* count) noexcept
{
    auto const& lib = *find_libssl();
    auto& into = *static_cast<tls_wire*>(lib.BIO_get_data(bio));
    lib.BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    try {
        into.to_peer.append(from, size);
    } catch (std::bad_alloc const&) {
        into.is_broken = true;
        return -1;
    }
    *count = size;
    return 1;
}

long control(BIO*, int command, long, void*) noexcept
{
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

/// The library's view of a tls_wire; made once, for all connections.
BIO_METHOD const* wire_method(libssl const& lib)
{
    static auto* const made = [&lib] {
        auto* const method = lib.BIO_meth_new(BIO_TYPE_SOURCE_SINK, "octets of a connection");
        if (method != nullptr) {
            lib.BIO_meth_set_read_ex(method, read_octets);
            lib.BIO_meth_set_write_ex(method, write_octets);
            lib.BIO_meth_set_ctrl(method, control);
        }
        return method;
    }();
    return made;
}

/// Looks at a client's certificates before the library reads them. It cannot be told to stop here, so
/// what it goes on to read is no list of certificates any more, in TLS 1.2 and 1.3.
void look_at_message(
    int is_ours, int version, int type, void const* octets, std::size_t size, SSL*, void* engine
) noexcept
{
    auto* const all = static_cast<std::uint8_t*>(const_cast<void*>(octets));
    if (is_ours != 0 || type != SSL3_RT_HANDSHAKE || size < SSL3_HM_HEADER_LENGTH
        || all[0] != SSL3_MT_CERTIFICATE)
        return;
    auto const why = refusal_of_shown({all, size}, version == TLS1_3_VERSION);
    if (!why)
        return;
    static_cast<tls_server::engine*>(engine)->refused_chain = *why;
    std::memset(all + SSL3_HM_HEADER_LENGTH, 0xff, size - SSL3_HM_HEADER_LENGTH);
}

/// What the library reports for a call is only right when nothing older waits there.
void forget_errors(libssl const& lib) noexcept
{
    if (lib.ERR_peek_error() != 0)
        lib.ERR_clear_error();
}

/// Why a client's certificate is refused, for people. Names in it are a stranger's, and left out.
std::string_view sentence_of_verdict(long verdict) noexcept
{
    switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return "The client's certificate, or one above it, has expired.";
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "The client's certificate, or one above it, is not valid yet.";
    case X509_V_ERR_CERT_REVOKED: return "The client's certificate, or one above it, is revoked.";
    case X509_V_ERR_INVALID_PURPOSE: return "The client's certificate is not for clients.";
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
        return "crl_file has no valid list of the authority that issued the client's certificate, "
               "or of one above it.";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return "The client's certificate is not from an authority of client_ca_file.";
    default: return "The client's certificate is not acceptable.";
    }
}

std::string_view sentence_of_reason(int reason) noexcept
{
    if (reason >= SSL_AD_REASON_OFFSET)
        return "The client refused the connection, perhaps because of our certificate.";
    switch (reason) {
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_WRONG_VERSION_NUMBER: return "The client does not speak TLS.";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW: return "The client has neither TLS 1.2 nor 1.3.";
    case SSL_R_NO_SHARED_CIPHER: return "The client offers no cipher suite that is allowed.";
    case SSL_R_NO_APPLICATION_PROTOCOL: return "The client does not offer http/1.1 (ALPN).";
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return "The client shows no certificate.";
    default: return "The TLS handshake failed.";
    }
}

}  // namespace

tls_server::tls_server(std::shared_ptr<tls_server_context const> with)
    : engine_(std::make_unique<engine>())
{
    auto const& lib = *find_libssl();  // there, or there would be no context
    engine_->context = std::move(with);
    engine_->tls.reset(lib.SSL_new(engine_->context->get().shared.get()));
    auto* const bio = engine_->tls ? lib.BIO_new(wire_method(lib)) : nullptr;
    if (bio == nullptr)
        throw std::bad_alloc();
    lib.BIO_set_data(bio, &engine_->wire);
    lib.BIO_set_init(bio, 1);
    lib.SSL_set_bio(engine_->tls.get(), bio, bio);  // takes it over
    lib.SSL_set_accept_state(engine_->tls.get());
    if (engine_->context->get().asks_clients) {
        lib.SSL_set_msg_callback(engine_->tls.get(), look_at_message);
        lib.SSL_ctrl(engine_->tls.get(), SSL_CTRL_SET_MSG_CALLBACK_ARG, 0, engine_.get());
    }
}

tls_server::~tls_server() = default;

std::span<char> tls_server::space()
{
    auto& in = engine_->wire;
    auto const unread = in.end - in.begin;
    auto const wanted = unread + (in.is_filled ? large_space : first_space);
    if (in.capacity < wanted) {
        auto larger = std::make_unique_for_overwrite<char[]>(wanted);
        if (unread != 0)
            std::memcpy(larger.get(), in.memory.get() + in.begin, unread);
        in.memory = std::move(larger);
        in.capacity = wanted;
    } else if (unread != 0 && in.begin != 0) {
        std::memmove(in.memory.get(), in.memory.get() + in.begin, unread);
    }
    in.begin = 0;
    in.end = unread;
    return {in.memory.get() + in.end, in.capacity - in.end};
}

void tls_server::received(std::size_t count) noexcept
{
    auto& in = engine_->wire;
    in.end += count;
    in.is_filled = in.end == in.capacity;
    engine_->without_content += count;
}

tls_server::progress tls_server::shake_hands()
{
    auto const& lib = *find_libssl();
    auto& my = *engine_;
    auto* const tls = my.tls.get();
    if (!my.why_failed.empty())
        return progress::failed;
    forget_errors(lib);
    auto const result = lib.SSL_do_handshake(tls);
    bool const is_refused = !my.refused_chain.empty();
    if (result == 1 && !is_refused) {
        my.is_ready = true;
        my.without_content = 0;
        return progress::done;
    }
    bool const waits = !is_refused && lib.SSL_get_error(tls, result) == SSL_ERROR_WANT_READ;
    if (waits && my.without_content <= octets_without_content_max)
        return progress::waits;
    auto const verdict = lib.SSL_get_verify_result(tls);
    auto const reason = ERR_GET_REASON(lib.ERR_peek_error());
    lib.ERR_clear_error();
    my.has_ended = true;
    my.has_refused_client = is_refused
        || (!waits && (verdict != X509_V_OK || reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE));
    my.why_failed = is_refused ? my.refused_chain
        : waits                ? "The client's handshake is larger than allowed."
        : verdict != X509_V_OK ? sentence_of_verdict(verdict)
                               : sentence_of_reason(reason);
    return progress::failed;
}

std::string_view tls_server::why_failed() const noexcept
{
    return engine_->why_failed;
}

bool tls_server::has_refused_client() const noexcept
{
    return engine_->has_refused_client;
}

bool tls_server::is_resumed() const noexcept
{
    return find_libssl()->SSL_session_reused(engine_->tls.get()) == 1;
}

std::shared_ptr<client_certificate const> tls_server::client() const
{
    auto const& lib = *find_libssl();
    owned_certificate const shown(lib.SSL_get1_peer_certificate(engine_->tls.get()));
    return shown ? describe(lib, *shown) : nullptr;
}

std::size_t tls_server::read(std::span<char> into)
{
    auto const& lib = *find_libssl();
    auto& my = *engine_;
    if (my.has_ended || into.empty())
        return 0;
    forget_errors(lib);
    std::size_t count = 0;
    auto const result = lib.SSL_read_ex(my.tls.get(), into.data(), into.size(), &count);
    if (result == 1) {
        my.without_content = 0;
        return count;
    }
    bool const waits = lib.SSL_get_error(my.tls.get(), result) == SSL_ERROR_WANT_READ;
    my.has_ended = !waits || my.without_content > octets_without_content_max;
    forget_errors(lib);
    return 0;
}

bool tls_server::has_more() const noexcept
{
    auto const& my = *engine_;
    return !my.has_ended && (!my.wire.empty() || find_libssl()->SSL_pending(my.tls.get()) > 0);
}

bool tls_server::is_in_record() const noexcept
{
    auto const& my = *engine_;
    return !my.has_ended && find_libssl()->SSL_has_pending(my.tls.get()) == 1;
}

bool tls_server::has_ended() const noexcept
{
    return engine_->has_ended;
}

bool tls_server::seal(std::string& content)
{
    auto const& lib = *find_libssl();
    auto& my = *engine_;
    auto const records = content.size() / record_content + 1;
    my.wire.to_peer.reserve(my.wire.to_peer.size() + content.size() + records * record_overhead);
    forget_errors(lib);
    std::size_t count = 0;
    bool const is_sealed = content.empty()
        || (lib.SSL_write_ex(my.tls.get(), content.data(), content.size(), &count) == 1
            && count == content.size());
    if (!is_sealed) {
        my.has_ended = true;
        lib.ERR_clear_error();
    }
    content.swap(my.wire.to_peer);
    my.wire.to_peer.clear();
    if (my.wire.to_peer.capacity() > kept_octets)
        my.wire.to_peer = {};
    return is_sealed;
}

void tls_server::close()
{
    auto const& lib = *find_libssl();
    auto& my = *engine_;
    if (!my.is_ready || std::exchange(my.is_closed, true))
        return;
    forget_errors(lib);
    static_cast<void>(lib.SSL_shutdown(my.tls.get()));  // 0 or -1: the peer has not answered yet
    lib.ERR_clear_error();
}

std::string tls_server::take_for_peer()
{
    return std::exchange(engine_->wire.to_peer, {});
}

void tls_server::shrink()
{
    auto& in = engine_->wire;
    if (in.empty() && in.capacity > first_space) {
        in.memory.reset();
        in.capacity = in.begin = in.end = 0;
        in.is_filled = false;
    }
}

}  // namespace service::net
