#include "service/net/tls_server_material.hpp"

#include "core/crypto/der_keys.hpp"
#include "core/keys/key_formats.hpp"
#include "core/keys/pem.hpp"
#include "service/net/tls_server_parts.hpp"

namespace service::net {
namespace {

constexpr std::size_t chain_max = 10;         // certificates; two to four are usual
constexpr std::size_t authorities_max = 256;  // each is named to every client
constexpr std::size_t lists_max = 256;

core::failure wrong(std::string_view member, std::string_view sentence)
{
    return core::failure::of_member(member, sentence);
}

/// The blocks of a PEM text, which must all be of one kind: what else is there was not meant to be.
core::result<std::vector<core::pem_block>> read_blocks(
    std::string_view member, std::string_view text, std::string_view label, std::size_t blocks_max
)
{
    auto blocks = core::read_pem(text, blocks_max);
    if (!blocks)
        return wrong(member, "The file is not whole PEM text, or has too many blocks.");
    if (blocks->empty())
        return wrong(member, "The file has no PEM block.");
    for (auto const& one : *blocks)
        if (one.label != label)
            return wrong(member, "The file has a PEM block of another kind.");
    return blocks;
}

core::result<std::vector<owned_certificate>> read_certificates(
    libssl const& lib, std::string_view member, std::string_view text, std::size_t certificates_max
)
{
    auto const blocks = read_blocks(member, text, "CERTIFICATE", certificates_max);
    if (!blocks)
        return blocks.error();
    std::vector<owned_certificate> found;
    for (auto const& one : *blocks) {
        auto const der = one.der.view();
        auto const* at = der.data();
        owned_certificate read(lib.d2i_X509(nullptr, &at, static_cast<long>(der.size())));
        if (!read || at != der.data() + der.size())
            return wrong(member, "A certificate of the file cannot be read.");
        found.push_back(std::move(read));
    }
    return found;
}

/// Why the certificate is not one to listen with; nullopt = it is.
std::optional<core::failure> fault_of(libssl const& lib, X509* mine, core::instant now)
{
    auto const begin = to_instant(lib, lib.X509_get0_notBefore(mine));
    auto const end = to_instant(lib, lib.X509_get0_notAfter(mine));
    if (!begin || !end)
        return wrong("cert_file", "The certificate's times cannot be read.");
    if (now < *begin)
        return wrong("cert_file", "The certificate is not valid yet.");
    if (now > *end)
        return wrong("cert_file", "The certificate has expired.");
    if (lib.X509_check_purpose(mine, X509_PURPOSE_SSL_SERVER, 0) != 1)
        return wrong("cert_file", "The certificate is not for servers.");
    return std::nullopt;
}

/// Through PKCS #8, because core's keys do not leave core/crypto.
owned_by<EVP_PKEY, &libssl::EVP_PKEY_free> read_private_key(libssl const& lib, core::byte_view text)
{
    auto const read = core::read_key(text);
    bool const is_pair = read && read->material->is_private()
        && read->material->family() != core::key_family::secret;
    if (!is_pair)
        return nullptr;
    auto const der = core::crypto::write_pkcs8(*read->material);
    auto const* at = der.view().data();
    return owned_by<EVP_PKEY, &libssl::EVP_PKEY_free>(
        lib.d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size()))
    );
}

}  // namespace

core::result<server_identity>
read_identity(libssl const& lib, tls_server_material const& from, core::instant now)
{
    auto chain = read_certificates(lib, "cert_file", from.certificates, chain_max);
    if (!chain)
        return chain.error();
    if (auto problem = fault_of(lib, chain->front().get(), now))
        return std::move(*problem);
    server_identity mine;
    mine.not_after = *to_instant(lib, lib.X509_get0_notAfter(chain->front().get()));
    mine.chain = std::move(*chain);
    mine.key = read_private_key(lib, from.key);
    if (!mine.key)
        return wrong("key_file", "The file has no private key that TLS can use.");
    if (lib.X509_check_private_key(mine.chain.front().get(), mine.key.get()) != 1)
        return wrong("key_file", "The private key does not belong to the first certificate.");
    return mine;
}

core::result<client_trust>
read_trust(libssl const& lib, tls_server_material const& from, core::instant now)
{
    client_trust trust;
    if (from.client_authorities.empty())
        return trust;
    auto authorities =
        read_certificates(lib, "client_ca_file", from.client_authorities, authorities_max);
    if (!authorities)
        return authorities.error();
    trust.authorities = std::move(*authorities);
    for (auto const& one : trust.authorities)
        if (lib.X509_check_ca(one.get()) != 1)
            return wrong("client_ca_file", "A certificate of the file is not an authority's.");
    if (from.revoked.empty())
        return trust;
    auto const lists = read_blocks("crl_file", from.revoked, "X509 CRL", lists_max);
    if (!lists)
        return lists.error();
    for (auto const& one : *lists) {
        auto const der = one.der.view();
        auto const* at = der.data();
        owned_by<X509_CRL, &libssl::X509_CRL_free> read(
            lib.d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size()))
        );
        if (!read || at != der.data() + der.size())
            return wrong("crl_file", "A list of the file cannot be read.");
        auto const end = to_instant(lib, lib.X509_CRL_get0_nextUpdate(read.get()));
        if (end && now > *end)
            return wrong("crl_file", "A list of the file has ended: no client would be accepted.");
        trust.revoked.push_back(std::move(read));
    }
    return trust;
}

}  // namespace service::net
