#include "core/crypto/key_agreement.hpp"

#include "core/crypto/botan/botan_key.hpp"

#include <botan/ec_apoint.h>
#include <botan/ecc_key.h>
#include <botan/ecdh.h>
#include <botan/kdf.h>
#include <botan/pubkey.h>
#include <botan/system_rng.h>

namespace core::crypto {
namespace {

void append_number(bytes& out, std::size_t value)
{
    for (unsigned const shift : {24U, 16U, 8U, 0U})
        out.push_back(static_cast<std::uint8_t>(value >> shift));
}

/// Appends a length and "a variable-length string of zero or more octets". RFC 7518 section 4.6.2
void append_field(bytes& out, byte_view octets)
{
    append_number(out, octets.size());
    out.insert(out.end(), octets.begin(), octets.end());
}

/// AlgorithmID, PartyUInfo, PartyVInfo and SuppPubInfo; SuppPrivInfo "SHOULD be the empty octet
/// sequence". RFC 7518 section 4.6.2
bytes other_info(std::string_view name, byte_view apu, byte_view apv, std::size_t size)
{
    bytes info;
    append_field(info, as_bytes(name));
    append_field(info, apu);
    append_field(info, apv);
    append_number(info, size * 8);
    return info;
}

/// The shared secret Z: for an EC curve the x coordinate, of full length. Botan throws when X25519
/// or X448 gives zero.
Botan::secure_vector<std::uint8_t>
shared_secret(Botan::Private_Key const& mine, Botan::Public_Key const& theirs)
{
    auto& rng = Botan::system_rng();
    if (auto const* ec = dynamic_cast<Botan::EC_PrivateKey const*>(&mine)) {
        Botan::ECDH_PrivateKey const key(ec->domain(), ec->_private_key());
        auto const point = dynamic_cast<Botan::EC_PublicKey const&>(theirs)
                               ._public_ec_point()
                               .serialize_uncompressed<bytes>();
        return Botan::PK_Key_Agreement(key, rng, "Raw").derive_key(0, point).bits_of();
    }
    return Botan::PK_Key_Agreement(mine, rng, "Raw")
        .derive_key(0, theirs.raw_public_key_bits())
        .bits_of();
}

}  // namespace

result<secret_bytes> agree(
    key const& mine, key const& theirs, std::string_view name, byte_view apu, byte_view apv,
    std::size_t size
)
{
    constexpr std::string_view problem = "the two keys do not give a shared secret";
    auto const* private_half = botan_of(mine).private_half();
    if (mine.family() != theirs.family() || private_half == nullptr)
        return invalid_key(problem);
    return or_invalid(problem, [&]() -> result<secret_bytes> {
        auto const z = shared_secret(*private_half, botan_of(theirs).public_half());
        auto const kdf = Botan::KDF::create_or_throw("SP800-56A(SHA-256)");
        bytes out(size);
        kdf->derive_key(out, z, {}, other_info(name, apu, apv, size));
        return secret_bytes(std::move(out));
    });
}

}  // namespace core::crypto
