#include "service/net/tls_context.hpp"

#include "core/keys/key_formats.hpp"
#include "service/net/tls_parts.hpp"
#include "service/net/tls_server_check.hpp"

#include <botan/certstor.h>
#include <botan/certstor_system.h>
#include <botan/data_src.h>
#include <botan/mem_ops.h>
#include <botan/pkcs8.h>
#include <botan/system_rng.h>
#include <botan/tls_alert.h>
#include <botan/tls_exceptn.h>
#include <botan/tls_session_manager_noop.h>
#include <botan/x509cert.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace service::net {
namespace {

using certificates = std::vector<Botan::X509_Certificate>;

constexpr std::string_view pem_begin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view pem_end = "-----END CERTIFICATE-----";
constexpr std::size_t certificates_max = 1024;  // a system's whole store has some 150

/// RFC 9325 section 3.1.1: "Implementations MUST NOT negotiate TLS version 1.1".
class client_policy final : public Botan::TLS::Policy {
public:
    bool allow_tls12() const override { return true; }
    bool allow_tls13() const override { return true; }
    bool allow_dtls12() const override { return false; }
    /// A stapled answer is checked; most servers staple none, and we ask nobody else.
    bool require_cert_revocation_info() const override { return false; }
    bool abort_connection_on_undesired_renegotiation() const override { return true; }
    /// No limit in the library: tls_stream's handshake_octets_max limits all messages together and
    /// gives its own error.
    std::size_t maximum_handshake_message_size() const override { return 0; }
    std::size_t maximum_certificate_chain_size() const override { return 0; }
    /// Before any computation with the key: a server signs with it before its certificate is
    /// checked.
    void check_peer_key_acceptable(Botan::Public_Key const& key) const override
    {
        Policy::check_peer_key_acceptable(key);
        if (!is_affordable(key))
            throw Botan::TLS::TLS_Exception(
                Botan::TLS::Alert::InsufficientSecurity, "a key that takes too long to check"
            );
    }
};

class client_credentials final : public Botan::Credentials_Manager {
public:
    std::vector<Botan::Certificate_Store*>
    trusted_certificate_authorities(std::string const&, std::string const&) override
    {
        return {roots.get()};
    }

    /// RFC 8446 section 4.4.2: "If the server requests client authentication but no suitable
    /// certificate is available, the client MUST send a Certificate message containing no
    /// certificates".
    certificates
    find_cert_chain(std::vector<std::string> const& key_types, std::vector<Botan::AlgorithmIdentifier> const&, std::vector<Botan::X509_DN> const&, std::string const&, std::string const&)
        override
    {
        if (!key || std::ranges::find(key_types, key->algo_name()) == key_types.end())
            return {};
        return chain;
    }

    std::shared_ptr<Botan::Private_Key>
    private_key_for(Botan::X509_Certificate const&, std::string const&, std::string const&) override
    {
        return key;
    }

    std::unique_ptr<Botan::Certificate_Store> roots;
    certificates chain;
    std::shared_ptr<Botan::Private_Key> key;
};

core::failure wrong(std::string_view member, std::string_view sentence)
{
    return core::failure::of_member(member, sentence);
}

/// The certificates of a PEM text, whatever is between them; nullopt when one cannot be read or
/// there is none.
std::optional<certificates> read_certificates(std::string_view text)
{
    certificates found;
    for (;;) {
        auto const begin = text.find(pem_begin);
        if (begin == std::string_view::npos)
            break;
        auto const end = text.find(pem_end, begin);
        if (end == std::string_view::npos || found.size() == certificates_max)
            return std::nullopt;
        auto const block = text.substr(begin, end + pem_end.size() - begin);
        text.remove_prefix(end + pem_end.size());
        try {
            Botan::DataSource_Memory source{std::string_view(block)};
            found.emplace_back(source);
        } catch (Botan::Exception const&) {
            return std::nullopt;
        }
    }
    return found.empty() ? std::nullopt : std::optional(std::move(found));
}

core::result<std::unique_ptr<Botan::Certificate_Store>> read_roots(std::string_view text)
{
    if (text.empty()) {
        try {
            return std::unique_ptr<Botan::Certificate_Store>(
                std::make_unique<Botan::System_Certificate_Store>()
            );
        } catch (std::exception const&) {
            return wrong("ca_file", "The system has no root certificates; configure a file.");
        }
    }
    auto const trusted = read_certificates(text);
    if (!trusted)
        return wrong("ca_file", "The file does not hold PEM certificates that can be read.");
    auto store = std::make_unique<Botan::Certificate_Store_In_Memory>();
    for (auto const& one : *trusted)
        store->add_certificate(one);
    return std::unique_ptr<Botan::Certificate_Store>(std::move(store));
}

/// Through PKCS #8, because core's keys do not leave core/crypto.
std::shared_ptr<Botan::Private_Key> read_private_key(core::byte_view text)
{
    auto const read = core::read_key(text);
    if (!read || !read->material->is_private())
        return nullptr;
    auto pem = core::to_private_pem(*read->material);
    if (!pem)
        return nullptr;
    std::shared_ptr<Botan::Private_Key> key;
    try {
        Botan::DataSource_Memory source{std::string_view(*pem)};
        key = Botan::PKCS8::load_key(source);
    } catch (Botan::Exception const&) {
        key = nullptr;
    }
    Botan::secure_scrub_memory(pem->data(), pem->size());
    return key;
}

/// Why the client's certificate cannot be used; nullopt = it can.
std::optional<core::failure> read_identity(tls_material const& material, client_credentials& into)
{
    if (material.certificate.empty() && material.key.empty())
        return std::nullopt;
    if (material.key.empty())
        return wrong("key_file", "A client certificate needs its private key.");
    if (material.certificate.empty())
        return wrong("certificate_file", "A client's private key needs its certificate.");
    auto chain = read_certificates(material.certificate);
    if (!chain)
        return wrong(
            "certificate_file", "The file does not hold PEM certificates that can be read."
        );
    into.key = read_private_key(material.key);
    if (!into.key)
        return wrong("key_file", "The file does not hold a private key that can be read.");
    if (chain->front().subject_public_key_info() != into.key->subject_public_key())
        return wrong("key_file", "The private key does not belong to the client certificate.");
    into.chain = std::move(*chain);
    return std::nullopt;
}

}  // namespace

tls_context::tls_context(std::unique_ptr<parts> made) : parts_(std::move(made)) {}
tls_context::~tls_context() = default;

core::result<std::shared_ptr<tls_context const>> tls_context::make(tls_material const& material)
{
    auto credentials = std::make_shared<client_credentials>();
    auto roots = read_roots(material.roots);
    if (!roots)
        return roots.error();
    credentials->roots = std::move(*roots);
    if (auto problem = read_identity(material, *credentials))
        return std::move(*problem);
    auto made = std::make_unique<parts>();
    made->credentials = std::move(credentials);
    made->policy = std::make_shared<client_policy>();
    made->random = std::make_shared<Botan::System_RNG>();
    made->sessions = std::make_shared<Botan::TLS::Session_Manager_Noop>();
    return std::shared_ptr<tls_context const>(std::make_shared<tls_context>(std::move(made)));
}

}  // namespace service::net
