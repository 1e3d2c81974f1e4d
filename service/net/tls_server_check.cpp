#include "service/net/tls_server_check.hpp"

#include "core/base/ascii.hpp"
#include "core/base/ip_address.hpp"

#include <botan/bigint.h>
#include <botan/dns_name.h>
#include <botan/ec_group.h>
#include <botan/ecc_key.h>
#include <botan/ipv4_address.h>
#include <botan/ipv6_address.h>
#include <botan/pkix_types.h>
#include <botan/x509path.h>

#include <algorithm>

namespace service::net {
namespace {

using status = Botan::Certificate_Status_Code;

constexpr std::size_t chain_max = 10;       // certificates; a server sends two to four
constexpr std::size_t rsa_bits_max = 8192;  // also the limit for the keys of tokens
constexpr std::size_t exponent_bits_max = 32;

/// Why a certificate is refused, for people. The library's own text may contain names from it.
std::string_view sentence_of(status why)
{
    if (why == status::CERT_HAS_EXPIRED)
        return "The server's certificate, or one above it, has expired.";
    if (why == status::CERT_NOT_YET_VALID)
        return "The server's certificate, or one above it, is not valid yet.";
    if (why == status::CERT_ISSUER_NOT_FOUND || why == status::CANNOT_ESTABLISH_TRUST
        || why == status::CHAIN_LACKS_TRUST_ROOT)
        return "The server's certificate is not from a trusted authority.";
    if (why == status::CERT_IS_REVOKED)
        return "The server's certificate is revoked.";
    return "The server's certificate is not acceptable.";
}

/// presented   from a certificate, in lower case.
bool is_name(std::string_view presented, std::string_view host)
{
    if (core::equal_without_case(presented, host))
        return true;
    constexpr std::string_view any_label = "*.";
    if (!presented.starts_with(any_label))
        return false;
    auto const above = presented.substr(any_label.size());
    auto const dot = host.find('.');
    return above.find('.') != std::string_view::npos && dot != std::string_view::npos && dot > 0
        && core::equal_without_case(above, host.substr(dot + 1));
}

bool is_address(Botan::AlternativeName const& names, core::ip_address const& host)
{
    auto const& octets = host.octets;
    if (host.size == 16)
        return names.ipv6_addresses().contains(Botan::IPv6Address(octets));
    auto const number = (static_cast<std::uint32_t>(octets[0]) << 24) | (octets[1] << 16)
        | (octets[2] << 8) | octets[3];
    return names.ipv4_addresses().contains(Botan::IPv4Address(number));
}

bool has_affordable_key(Botan::X509_Certificate const& one)
{
    return is_affordable(*one.subject_public_key());
}

}  // namespace

bool is_affordable(Botan::Public_Key const& key)
{
    if (key.algo_name() == "RSA")
        return key.key_length() <= rsa_bits_max
            && key.get_int_field("e").bits() <= exponent_bits_max;
    auto const* on_curve = dynamic_cast<Botan::EC_PublicKey const*>(&key);
    return on_curve == nullptr || !on_curve->domain().used_explicit_encoding();
}

bool is_for_host(Botan::X509_Certificate const& certificate, std::string_view host)
{
    auto const& names = certificate.subject_alt_name();
    if (auto const address = core::parse_ip_address(host))
        return is_address(names, *address);
    return std::ranges::any_of(names.dns_names(), [host](Botan::DNSName const& one) {
        return is_name(one.name(), host);
    });
}

std::optional<std::string_view> refusal_of(
    server_certificates const& shown, std::vector<Botan::Certificate_Store*> const& roots,
    std::string_view host, Botan::TLS::Policy const& policy,
    std::chrono::system_clock::time_point now
)
{
    using namespace std::chrono_literals;
    constexpr auto stapled_age_max = 7 * 24h;  // the library's default
    if (shown.chain.size() > chain_max)
        return "The server sends too many certificates.";
    if (!std::ranges::all_of(shown.chain, has_affordable_key))
        return "A certificate of the server has a key that takes too long to check.";
    Botan::Path_Validation_Restrictions const rules(
        policy.require_cert_revocation_info(), policy.minimum_signature_strength(), false,
        stapled_age_max, nullptr, false, false  // a trusted certificate need not be self-signed
    );
    auto const result = Botan::x509_path_validate(
        shown.chain, rules, roots, "", Botan::Usage_Type::TLS_SERVER_AUTH, now, 0ms, shown.stapled
    );
    if (!result.successful_validation())
        return sentence_of(result.result());
    if (!is_for_host(shown.chain.front(), host))
        return "The server's certificate is for another host.";
    return std::nullopt;
}

}  // namespace service::net
