#include "core/crypto/botan/botan_key.hpp"

#include <botan/ec_group.h>
#include <botan/ecdsa.h>

#include <algorithm>

namespace core::crypto {
namespace {

using Botan::EC_AffinePoint;

bytes uncompressed(byte_view x, byte_view y)
{
    bytes point{0x04};  // SEC 1 section 2.3.3
    point.insert(point.end(), x.begin(), x.end());
    point.insert(point.end(), y.begin(), y.end());
    return point;
}

result<key_ptr> load_public(key_family curve, Botan::EC_Group const& group, byte_view point)
{
    auto const on_curve = EC_AffinePoint::deserialize(group, point);
    if (!on_curve || on_curve->is_identity())
        return invalid_key("the EC point is not on its curve");
    auto key = std::make_unique<Botan::ECDSA_PublicKey>(group, *on_curve);
    return public_key(curve, std::move(key), group.get_p_bits());
}

result<key_ptr>
load_private(key_family curve, Botan::EC_Group const& group, byte_view point, byte_view d)
{
    auto const scalar = Botan::EC_Scalar::deserialize(group, d);
    if (!scalar || scalar->is_zero())
        return invalid_key("the EC private number is not in the curve's range");
    auto key = std::make_unique<Botan::ECDSA_PrivateKey>(group, *scalar);
    if (!point.empty()
        && !std::ranges::equal(
            point, key->_public_ec_point().serialize_uncompressed<std::vector<std::uint8_t>>()
        ))
        return invalid_key("the EC private number does not match its point");
    return private_key(curve, std::move(key), group.get_p_bits());
}

result<key_ptr> load(key_family curve, byte_view x, byte_view y, byte_view d)
{
    if (type_of(curve) != key_type::ec)
        return invalid_key("not an EC curve");
    std::size_t const size = row_of(curve).public_octets;
    bool const derived = x.empty() && y.empty() && !d.empty();
    if (!derived && (x.size() != size || y.size() != size))
        return invalid_key("an EC coordinate is missing or does not have its curve's length");
    if (!d.empty() && d.size() != row_of(curve).private_octets)
        return invalid_key("the EC private number does not have its curve's length");
    auto const group = group_of(curve);
    auto const point = derived ? bytes{} : uncompressed(x, y);
    return d.empty() ? load_public(curve, group, point) : load_private(curve, group, point, d);
}

}  // namespace

Botan::EC_Group group_of(key_family curve)
{
    return Botan::EC_Group::from_OID(Botan::OID(row_of(curve).oid));
}

result<key_ptr>
import_ec(key_family curve, byte_view x, byte_view y, secret_bytes d, work_budget* budget)
{
    if (!charge_import(budget, curve, !d.empty()))
        return errc::work_exceeded;
    return or_invalid("the EC key is not valid", [&] { return load(curve, x, y, d.view()); });
}

result<bytes> ec_point(key_family curve, byte_view encoded)
{
    return or_invalid("the EC point is not on its curve", [&]() -> result<bytes> {
        auto const group = group_of(curve);
        bool const plain = !encoded.empty() && encoded[0] >= 0x02 && encoded[0] <= 0x04;
        auto const point = plain ? EC_AffinePoint::deserialize(group, encoded) : std::nullopt;
        if (!point || point->is_identity())
            return invalid_key("the EC point is not on its curve");
        return point->xy_bytes<bytes>();
    });
}

}  // namespace core::crypto
