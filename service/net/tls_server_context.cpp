#include "service/net/tls_server_context.hpp"

#include "core/crypto/digest.hpp"
#include "service/net/tls_server_material.hpp"
#include "service/net/tls_server_parts.hpp"

#include <array>
#include <new>

namespace service::net {
namespace {

/// Of TLS 1.2: forward secrecy and AEAD only. RFC 9325 section 4.2.
constexpr char const* suites_of_tls12 = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                                        "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                                        "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr char const* suites_of_tls13 =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
/// With the post-quantum hybrid where the library has it, from OpenSSL 3.5.
constexpr char const* groups_with_hybrid = "X25519MLKEM768:X25519:P-256:P-384";
constexpr char const* groups = "X25519:P-256:P-384";

constexpr int security_level = 2;  // 112 bits: RSA from 2048, no SHA-1
constexpr int chain_depth_max = 8;
constexpr long client_chain_octets_max = 16L * 1024;
constexpr long session_seconds = 60L * 60;  // RFC 8446 section 4.6.1 allows a week
constexpr std::size_t context_id_octets = 32;
/// SSL_OP_NO_RX_CERTIFICATE_COMPRESSION of OpenSSL 3.2: what a client shows is looked at before it is
/// read (tls_client_chain.hpp), and unpacking would come first. Earlier ones cannot unpack.
constexpr std::uint64_t no_packed_certificates = std::uint64_t{1} << 33U;

core::failure lacks_library()
{
    return core::failure::of_member(
        "tls", "This machine does not have OpenSSL 3's libssl, which TLS listeners need."
    );
}

/// Takes the next name of those that a client offers, which is after an octet with its size.
///
/// Returns  empty when there are no more.
std::string_view take_protocol(std::string_view& offered)
{
    if (offered.empty())
        return {};
    auto const size = static_cast<unsigned char>(offered.front());
    auto const name = offered.substr(1, size);
    offered.remove_prefix(1 + name.size());
    return name;
}

/// Chooses what we speak of what a client offers. RFC 7301 section 3.2: "In the event that the
/// server supports no protocols that the client advertises, then the server SHALL respond with a
/// fatal "no_application_protocol" alert."
int choose_protocol(SSL*, unsigned char const** chosen, unsigned char* chosen_size, unsigned char const* offered, unsigned offered_size, void*) noexcept
{
    for (std::string_view const ours : {"http/1.1", "http/1.0"}) {
        std::string_view rest(reinterpret_cast<char const*>(offered), offered_size);
        for (auto name = take_protocol(rest); !name.empty(); name = take_protocol(rest)) {
            if (name != ours)
                continue;
            *chosen = reinterpret_cast<unsigned char const*>(name.data());
            *chosen_size = static_cast<unsigned char>(name.size());
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// What does not depend on the listener's files.
bool set_protocol(libssl const& lib, SSL_CTX* to)
{
    std::array<std::uint8_t, context_id_octets> id{};
    core::crypto::fill_random(id);
    lib.SSL_CTX_set_security_level(to, security_level);
    lib.SSL_CTX_set_options(
        to,
        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE
            | no_packed_certificates
    );
    lib.SSL_CTX_set_alpn_select_cb(to, choose_protocol, nullptr);
    static_cast<void>(lib.SSL_CTX_set_timeout(to, session_seconds));
    // Idle connections give their buffers back, and no chain is made of client_ca_file.
    constexpr long mode = SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN;
    lib.SSL_CTX_ctrl(to, SSL_CTRL_MODE, mode, nullptr);
    // Sessions are only in tickets, whose keys the context makes for itself.
    lib.SSL_CTX_ctrl(to, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, nullptr);
    lib.SSL_CTX_ctrl(to, SSL_CTRL_SET_MAX_CERT_LIST, client_chain_octets_max, nullptr);
    auto const set_groups = [&](char const* names) {
        return lib.SSL_CTX_ctrl(to, SSL_CTRL_SET_GROUPS_LIST, 0, const_cast<char*>(names)) == 1;
    };
    return lib.SSL_CTX_ctrl(to, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr) == 1
        && lib.SSL_CTX_ctrl(to, SSL_CTRL_SET_MAX_PROTO_VERSION, TLS1_3_VERSION, nullptr) == 1
        && lib.SSL_CTX_set_cipher_list(to, suites_of_tls12) == 1
        && lib.SSL_CTX_set_ciphersuites(to, suites_of_tls13) == 1
        && (set_groups(groups_with_hybrid) || set_groups(groups))
        && lib.SSL_CTX_set_num_tickets(to, 1) == 1
        && lib.SSL_CTX_set_session_id_context(to, id.data(), static_cast<unsigned>(id.size())) == 1;
}

/// Why the certificate and its key cannot be used; nullopt = they are in place.
std::optional<core::failure>
set_identity(libssl const& lib, server_identity const& mine, SSL_CTX* to)
{
    if (lib.SSL_CTX_use_certificate(to, mine.chain.front().get()) != 1
        || lib.SSL_CTX_use_PrivateKey(to, mine.key.get()) != 1)
        return core::failure::of_member(
            "cert_file",
            "The certificate's key is too weak for TLS, or of a kind that it does not use."
        );
    for (std::size_t i = 1; i < mine.chain.size(); ++i)
        if (lib.SSL_CTX_ctrl(to, SSL_CTRL_CHAIN_CERT, 1, mine.chain[i].get()) != 1)
            return core::failure::of_member(
                "cert_file", "A certificate after the first is too weak for TLS."
            );
    return std::nullopt;
}

/// Asks clients for certificates of these authorities.
std::optional<core::failure>
set_clients(libssl const& lib, client_trust const& trust, bool is_required, SSL_CTX* to)
{
    auto* const store = lib.SSL_CTX_get_cert_store(to);
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;  // an authority need not be a root
    bool is_good = true;
    for (auto const& one : trust.authorities)
        is_good = is_good && lib.X509_STORE_add_cert(store, one.get()) == 1
            && lib.SSL_CTX_add_client_CA(to, one.get()) == 1;
    for (auto const& one : trust.revoked)
        is_good = is_good && lib.X509_STORE_add_crl(store, one.get()) == 1;
    if (!trust.revoked.empty())
        flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
    is_good = is_good && lib.X509_STORE_set_flags(store, flags) == 1
        && lib.X509_STORE_set_depth(store, chain_depth_max) == 1;
    if (!is_good)
        return core::failure::of_member("client_ca_file", "The authorities cannot be used.");
    constexpr int optional = SSL_VERIFY_PEER;
    constexpr int required = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    lib.SSL_CTX_set_verify(to, is_required ? required : optional, judge_client);
    lib.SSL_CTX_set_verify_depth(to, chain_depth_max);
    // A ticket would keep the client's own certificate and not those above it, and TLS 1.3 renews it
    // without end: an authority or a list that has ended meanwhile would not be noticed.
    lib.SSL_CTX_set_options(to, SSL_OP_NO_TICKET);
    if (lib.SSL_CTX_set_num_tickets(to, 0) != 1)
        return lacks_library();
    return std::nullopt;
}

}  // namespace

int judge_client(int is_good, X509_STORE_CTX* chain) noexcept
{
    auto const& lib = *find_libssl();
    auto const depth = lib.X509_STORE_CTX_get_error_depth(chain);
    auto const* const all =
        reinterpret_cast<OPENSSL_STACK const*>(lib.X509_STORE_CTX_get0_chain(chain));
    if (is_good != 1) {
        bool const is_authority = depth > 0 && depth + 1 == lib.OPENSSL_sk_num(all);
        if (!is_authority || lib.X509_STORE_CTX_get_error(chain) != X509_V_ERR_UNABLE_TO_GET_CRL)
            return 0;
        lib.X509_STORE_CTX_set_error(chain, X509_V_OK);
        return 1;
    }
    if (depth != 0)
        return 1;
    auto* const shown = lib.X509_STORE_CTX_get_current_cert(chain);
    bool const is_for_clients = (lib.X509_get_extension_flags(shown) & EXFLAG_XKUSAGE) != 0
        && (lib.X509_get_extended_key_usage(shown) & XKU_SSL_CLIENT) != 0;
    if (is_for_clients)
        return 1;
    lib.X509_STORE_CTX_set_error(chain, X509_V_ERR_INVALID_PURPOSE);
    return 0;
}

tls_server_context::tls_server_context(std::unique_ptr<parts> made) : parts_(std::move(made)) {}
tls_server_context::~tls_server_context() = default;

core::instant tls_server_context::not_after() const noexcept
{
    return parts_->not_after;
}

bool tls_server_context::requires_client() const noexcept
{
    return parts_->requires_client;
}

core::result<std::shared_ptr<tls_server_context const>>
tls_server_context::make(tls_server_material const& material, core::instant now)
{
    auto const* const lib = find_libssl();
    if (lib == nullptr)
        return lacks_library();
    lib->ERR_clear_error();
    auto const mine = read_identity(*lib, material, now);
    auto const trust =
        mine ? read_trust(*lib, material, now) : core::result<client_trust>(mine.error());
    lib->ERR_clear_error();
    if (!trust)
        return trust.error();
    auto made = std::make_unique<parts>();
    made->shared.reset(lib->SSL_CTX_new(lib->TLS_server_method()));
    auto* const to = made->shared.get();
    if (to == nullptr || !set_protocol(*lib, to)) {
        lib->ERR_clear_error();
        return lacks_library();
    }
    auto problem = set_identity(*lib, *mine, to);
    if (!problem && !trust->authorities.empty())
        problem = set_clients(*lib, *trust, material.requires_client, to);
    lib->ERR_clear_error();  // also of a group that the library does not have
    if (problem)
        return std::move(*problem);
    made->not_after = mine->not_after;
    made->asks_clients = !trust->authorities.empty();
    made->requires_client = made->asks_clients && material.requires_client;
    return std::shared_ptr<tls_server_context const>(
        std::make_shared<tls_server_context>(std::move(made))
    );
}

bool tls_server_context::still_accepts(tls_server const& connection, core::instant now) const
{
    auto const& lib = *find_libssl();
    auto* const tls = connection.get().tls.get();
    owned_certificate const shown(lib.SSL_get1_peer_certificate(tls));
    if (!shown)
        return !parts_->requires_client;
    owned_by<X509_STORE_CTX, &libssl::X509_STORE_CTX_free> const chain(lib.X509_STORE_CTX_new());
    if (!parts_->asks_clients || !chain)
        return false;
    auto* const store = lib.SSL_CTX_get_cert_store(parts_->shared.get());
    auto* const others = lib.SSL_get_peer_cert_chain(tls);
    bool is_good = lib.X509_STORE_CTX_init(chain.get(), store, shown.get(), others) == 1
        && lib.X509_STORE_CTX_set_default(chain.get(), "ssl_client") == 1;
    if (is_good) {
        auto* const rules = lib.X509_STORE_CTX_get0_param(chain.get());
        lib.X509_VERIFY_PARAM_set_auth_level(rules, security_level);
        lib.X509_VERIFY_PARAM_set_time(rules, std::chrono::system_clock::to_time_t(now));
        lib.X509_STORE_CTX_set_verify_cb(chain.get(), judge_client);
        is_good = lib.X509_verify_cert(chain.get()) == 1;
    }
    lib.ERR_clear_error();
    return is_good;
}

}  // namespace service::net
