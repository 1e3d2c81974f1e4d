#include "core/crypto/botan/botan_key.hpp"
#include "core/crypto/der_keys.hpp"
#include "core/crypto/pkcs8_encryption.hpp"

#include <botan/asn1_obj.h>
#include <botan/ber_dec.h>
#include <botan/bigint.h>
#include <botan/x509cert.h>

#include <algorithm>
#include <array>

namespace core::crypto {
namespace {

using Botan::AlgorithmIdentifier;
using Botan::ASN1_Class;
using Botan::ASN1_Type;
using Botan::BER_Decoder;
using Botan::BigInt;
using secure_bytes = Botan::secure_vector<std::uint8_t>;

constexpr std::string_view unsupported = "keys of this algorithm are not supported";
constexpr std::string_view malformed = "the key's DER is malformed";
constexpr std::string_view ec_oid = "1.2.840.10045.2.1";  // its parameters name the curve
constexpr auto rsa_oid = row_of(key_family::rsa).oid;

BER_Decoder decoder(byte_view der)
{
    return BER_Decoder(der, BER_Decoder::Limits::DER());
}

bytes octets(BigInt const& number)
{
    return number.signum() < 0 ? bytes{} : number.serialize<bytes>();
}

/// RFC 5480 section 2.1.1: only named curves are supported.
std::optional<key_family> curve_of(byte_view params)
{
    Botan::OID oid;
    decoder(params).decode(oid).verify_end();
    return key_family_of_curve_oid(oid.to_string());
}

result<key_ptr> read_pkcs1_public(byte_view der, work_budget* budget)
{
    BigInt n, e;
    decoder(der).start_sequence().decode(n).decode(e).end_cons().verify_end();
    return import_rsa({octets(n), octets(e), {}, {}, {}, {}, {}, {}}, budget);
}

/// RFC 8017 appendix A.1.2; version 1 would mean more than two primes. A key without primes, which
/// OpenSSL writes with zeros in their place, is supported only as a JWK.
result<key_ptr> read_pkcs1_private(byte_view der, import_options const& how)
{
    std::array<BigInt, 8> numbers;
    auto outer = decoder(der);
    auto inner = outer.start_sequence();
    inner.decode_and_check<std::size_t>(0, "two primes");
    if (how.role == key_role::counterpart) {
        inner.decode(numbers[0]).decode(numbers[1]).discard_remaining().end_cons().verify_end();
        return import_rsa(
            {octets(numbers[0]), octets(numbers[1]), {}, {}, {}, {}, {}, {}}, how.budget
        );
    }
    for (auto& number : numbers)
        inner.decode(number);
    inner.end_cons().verify_end();
    if (std::ranges::any_of(numbers, [](BigInt const& one) { return one.signum() <= 0; }))
        return invalid_key("some of the RSA key's private numbers are missing");
    auto secret = [&](std::size_t at) { return secret_bytes(octets(numbers[at])); };
    return import_rsa(
        {octets(numbers[0]), octets(numbers[1]), secret(2), secret(3), secret(4), secret(5),
         secret(6), secret(7)},
        how.budget
    );
}

result<key_ptr>
import_point(key_family curve, byte_view encoded, secret_bytes d, work_budget* budget)
{
    if (encoded.empty())
        return import_ec(curve, {}, {}, std::move(d), budget);
    auto const point = ec_point(curve, encoded);
    if (!point)
        return point.error();
    auto const xy = byte_view(*point);
    auto const half = xy.size() / 2;
    return import_ec(curve, xy.first(half), xy.subspan(half), std::move(d), budget);
}

constexpr std::string_view no_public_half =
    "the private key's encoding does not contain its public half: give the public key";

/// RFC 5915 section 3.
///
/// outside  the curve that PKCS#8 names; nullopt = the key itself must name it.
result<key_ptr>
read_sec1(byte_view der, std::optional<key_family> outside, import_options const& how)
{
    secure_bytes d;
    Botan::OID inside;
    bytes point;
    decoder(der)
        .start_sequence()
        .decode_and_check<std::size_t>(1, "version")
        .decode(d, ASN1_Type::OctetString)
        .decode_optional(inside, ASN1_Type(0), ASN1_Class::ExplicitContextSpecific)
        .decode_optional_octet_aligned_bitstring(point, 1, ASN1_Class::ExplicitContextSpecific)
        .end_cons()
        .verify_end();
    auto const curve = inside.empty() ? outside : key_family_of_curve_oid(inside.to_string());
    if (!curve || (outside && *outside != *curve))
        return invalid_key("the EC key's curve is not supported");
    if (how.role == key_role::counterpart && point.empty() && !row_of(*curve).is_cheap_to_derive)
        return invalid_key(no_public_half);
    bool const is_public = how.role == key_role::counterpart && !point.empty();
    return import_point(
        *curve, point, is_public ? secret_bytes() : secret_bytes(byte_view(d)), how.budget
    );
}

/// A seed, or a seed with the key expanded from it. An expanded key without its seed cannot be
/// written as a JWK, and is refused. RFC 9881 section 6; Botan 3.13 writes the bare seed.
result<key_ptr> read_ml_dsa_private(key_family set, byte_view content, work_budget* budget)
{
    if (content.size() == row_of(set).private_octets)
        return import_akp(set, {}, secret_bytes(content), budget);
    secure_bytes seed, expanded;
    auto source = decoder(content);
    auto const first = source.peek_next_object().type_tag();
    if (first == ASN1_Type::OctetString)
        return invalid_key("the ML-DSA key has no seed: export it again with its seed");
    if (first != ASN1_Type::Sequence) {
        source.decode(seed, ASN1_Type::OctetString, ASN1_Type(0)).verify_end();
        return import_akp(set, {}, secret_bytes(byte_view(seed)), budget);
    }
    source.start_sequence()
        .decode(seed, ASN1_Type::OctetString)
        .decode(expanded, ASN1_Type::OctetString)
        .end_cons()
        .verify_end();
    auto key = import_akp(set, {}, secret_bytes(byte_view(seed)), budget);
    constexpr std::size_t rho_size = 32;  // both keys begin with rho; FIPS 204 section 7.2
    if (key && expanded.size() >= rho_size) {
        auto const pub = public_parts_of(**key).pub;
        if (std::equal(pub.begin(), pub.begin() + rho_size, expanded.begin()))
            return key;
    }
    return invalid_key("the ML-DSA key's seed does not give its expanded key");
}

/// RFC 8017 appendix A.1: NULL, which some writers omit. RFC 8410 section 3, RFC 9881 section 2:
/// "the parameters MUST be absent". Those of EC keys name a curve.
bool has_good_parameters(AlgorithmIdentifier const& id)
{
    auto const oid = id.oid().to_string();
    return oid == ec_oid || id.parameters_are_empty()
        || (oid == rsa_oid && id.parameters_are_null());
}

result<key_ptr>
read_private(AlgorithmIdentifier const& id, byte_view content, import_options const& how)
{
    auto const oid = id.oid().to_string();
    if (!has_good_parameters(id))
        return invalid_key(malformed);
    if (oid == ec_oid)
        return read_sec1(content, curve_of(id.parameters()), how);
    auto const family = key_family_of_algorithm_oid(oid);
    if (!family)
        return invalid_key(unsupported);
    if (type_of(*family) == key_type::rsa)
        return read_pkcs1_private(content, how);
    if (how.role == key_role::counterpart && !row_of(*family).is_cheap_to_derive)
        return invalid_key(no_public_half);
    if (type_of(*family) == key_type::akp)
        return read_ml_dsa_private(*family, content, how.budget);
    secure_bytes d;  // RFC 8410 section 7: an OCTET STRING in the OCTET STRING
    decoder(content).decode(d, ASN1_Type::OctetString).verify_end();
    return import_okp(*family, {}, secret_bytes(byte_view(d)), how.budget);
}

result<key_ptr> read_pkcs8(byte_view der, import_options const& how)
{
    std::size_t version = 0;
    AlgorithmIdentifier id;
    secure_bytes content;
    decoder(der)
        .start_sequence()
        .decode(version)
        .decode(id)
        .decode(content, ASN1_Type::OctetString)
        .discard_remaining()  // attributes, and a copy of the public key
        .end_cons()
        .verify_end();
    return version > 1 ? invalid_key(malformed) : read_private(id, content, how);
}

/// The SubjectPublicKeyInfo that comes next.
result<key_ptr> read_spki(BER_Decoder& source, work_budget* budget)
{
    AlgorithmIdentifier id;
    bytes content;
    source.start_sequence().decode(id).decode_octet_aligned_bitstring(content).end_cons();
    auto const oid = id.oid().to_string();
    if (!has_good_parameters(id))
        return invalid_key(malformed);
    if (oid == ec_oid) {
        auto const curve = curve_of(id.parameters());
        return curve && !content.empty() ? import_point(*curve, content, {}, budget)
                                         : invalid_key(unsupported);
    }
    auto const family = key_family_of_algorithm_oid(oid);
    if (!family)
        return invalid_key(unsupported);
    if (type_of(*family) == key_type::rsa)
        return read_pkcs1_public(content, budget);
    return type_of(*family) == key_type::akp ? import_akp(*family, content, {}, budget)
                                             : import_okp(*family, content, {}, budget);
}

/// RFC 5280 section 4.1. The whole certificate is parsed, so that nothing else passes as one.
Botan::X509_Certificate parse_certificate(byte_view der)
{
    auto source = decoder(der);
    source.start_sequence().discard_remaining().end_cons().verify_end();
    return Botan::X509_Certificate(der.data(), der.size());
}

result<key_ptr> read_certificate(byte_view der, work_budget* budget)
{
    if (!charge(budget, costs::of_certificate(der.size())))
        return errc::work_exceeded;
    auto const certificate = parse_certificate(der);
    auto key = decoder(certificate.subject_public_key_info());
    return read_spki(key, budget);
}

result<key_ptr> read_encrypted(byte_view der, import_options const& how)
{
    if (how.password == nullptr)
        return invalid_key("the key is encrypted and there is no password for it");
    auto const plain = decrypt_pkcs8(der, *how.password);
    if (!plain)
        return plain.error();
    return or_invalid("the password does not open the key", [&] {
        return read_pkcs8(plain->view(), how);
    });
}

/// The tags of the first two values in the outer SEQUENCE, and whether there is a third.
struct shape {
    ASN1_Type first, second;
    bool third;
};
shape shape_of(byte_view der)
{
    auto outer = decoder(der);
    auto inner = outer.start_sequence();
    auto const first = inner.get_next_object().type_tag();
    auto const second = inner.get_next_object().type_tag();
    return {first, second, inner.more_items()};
}

/// The reader for a private key of this shape; null for anything else.
using private_reader = result<key_ptr> (*)(byte_view der, import_options const& how);
private_reader private_reader_of(shape const& of)
{
    if (of.first != ASN1_Type::Integer)
        return nullptr;
    if (of.second == ASN1_Type::Sequence)
        return read_pkcs8;
    if (of.second == ASN1_Type::OctetString)
        return [](byte_view der, import_options const& how) {
            return read_sec1(der, std::nullopt, how);
        };
    return of.third ? read_pkcs1_private : nullptr;
}

result<key_ptr> read(byte_view der, import_options const& how)
{
    auto const form = shape_of(der);
    auto const read_private_key = private_reader_of(form);
    bool const is_encrypted =
        form.first == ASN1_Type::Sequence && form.second == ASN1_Type::OctetString;
    if (how.role == key_role::published && (read_private_key != nullptr || is_encrypted))
        return invalid_key("holds a private key; only the public half belongs here");
    if (read_private_key != nullptr)
        return read_private_key(der, how);
    if (form.first == ASN1_Type::Integer)
        return read_pkcs1_public(der, how.budget);
    if (form.second == ASN1_Type::Sequence)
        return read_certificate(der, how.budget);
    if (is_encrypted)
        return read_encrypted(der, how);
    auto source = decoder(der);
    auto key = read_spki(source, how.budget);
    source.verify_end();
    return key;
}

}  // namespace

result<key_ptr> read_der(byte_view der, import_options const& how)
{
    return or_invalid(malformed, [&]() -> result<key_ptr> {
        auto key = read(der, how);
        bool const is_whole = key && (*key)->is_private();
        return is_whole && how.role == key_role::counterpart ? public_half_of(**key)
                                                             : std::move(key);
    });
}

result<certificate_names> read_certificate_names(byte_view der)
{
    return or_invalid("the certificate is malformed", [&]() -> result<certificate_names> {
        auto const certificate = parse_certificate(der);
        return certificate_names{certificate.raw_subject_dn(), certificate.raw_issuer_dn()};
    });
}

}  // namespace core::crypto
