#include "core/crypto/botan/botan_key.hpp"
#include "core/crypto/der_keys.hpp"

#include <botan/der_enc.h>
#include <botan/pkcs8.h>
#include <botan/system_rng.h>

namespace core::crypto {

bytes write_spki(key const& material)
{
    return botan_of(material).public_half().subject_public_key();
}

secret_bytes write_pkcs8(key const& material)
{
    using Botan::ASN1_Class;
    using Botan::ASN1_Type;
    auto const& key = *botan_of(material).private_half();
    if (type_of(material.family()) != key_type::akp)
        return secret_bytes(byte_view(key.private_key_info()));
    // Botan would write the bare seed. RFC 9881 section 6: "seed [0] OCTET STRING", implicit
    auto const seed =
        Botan::DER_Encoder()
            .add_object(ASN1_Type(0), ASN1_Class::ContextSpecific, key.raw_private_key_bits())
            .get_contents();
    return secret_bytes(byte_view(Botan::DER_Encoder()
                                      .start_sequence()
                                      .encode(std::size_t{0})
                                      .encode(key.pkcs8_algorithm_identifier())
                                      .encode(seed, ASN1_Type::OctetString)
                                      .end_cons()
                                      .get_contents()));
}

result<bytes> write_encrypted_pkcs8(key const& material, secret_bytes const& password)
{
    // OWASP's figure of 2023 for PBKDF2 with HMAC-SHA-256.
    constexpr std::size_t iterations = 600'000;
    try {
        return Botan::PKCS8::BER_encode_encrypted_pbkdf_iter(
            *botan_of(material).private_half(), Botan::system_rng(), as_text(password.view()),
            iterations, "AES-256/CBC", "SHA-256"
        );
    } catch (Botan::Exception const&) {
        return errc::internal;
    }
}

}  // namespace core::crypto
