#include "core/algorithms/encryption_algorithm.hpp"
#include "core/algorithms/key_family.hpp"
#include "core/algorithms/signature_algorithm.hpp"
#include "core/crypto/der_keys.hpp"
#include "tests/core/crypto/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace core;
using samples::key_of;

namespace {

/// Whether the octets of a dotted identifier are in `der`. X.690 section 8.19
bool holds_oid(byte_view der, std::string_view oid)
{
    std::vector<unsigned> arcs;
    for (char const c : "." + std::string(oid)) {
        if (c == '.')
            arcs.push_back(0);
        else
            arcs.back() = arcs.back() * 10 + static_cast<unsigned>(c - '0');
    }
    arcs[1] += 40 * arcs[0];
    bytes octets;
    for (std::size_t i = 1; i < arcs.size(); ++i) {
        bytes digits{static_cast<std::uint8_t>(arcs[i] & 0x7fU)};
        for (auto rest = arcs[i] >> 7U; rest != 0; rest >>= 7U)
            digits.insert(digits.begin(), static_cast<std::uint8_t>(rest | 0x80U));
        octets.insert(octets.end(), digits.begin(), digits.end());
    }
    octets.insert(octets.begin(), static_cast<std::uint8_t>(octets.size()));
    octets.insert(octets.begin(), 0x06);
    return !std::ranges::search(der, octets).empty();
}

}  // namespace

TEST_SUITE("core/algorithms/key_family")
{
    TEST_CASE("rows: a generated key of each family has the sizes and the OID of its row")
    {
        for (auto const& row : key_family_rows) {
            CAPTURE(row.name);
            auto const key = key_of(row.family);
            auto const parts = crypto::public_parts_of(*key);
            auto const own = crypto::private_parts_of(*key).value();
            if (row.type == key_type::ec)
                CHECK(parts.y.size() == row.public_octets);
            if (row.type == key_type::ec || row.type == key_type::okp) {
                CHECK(parts.x.size() == row.public_octets);
                CHECK(own.d.size() == row.private_octets);
            }
            if (row.type == key_type::akp) {
                CHECK(parts.pub.size() == row.public_octets);
                CHECK(own.seed.size() == row.private_octets);
            }
            CHECK((row.public_octets == 0) == (parts.x.empty() && parts.pub.empty()));
            CHECK(row.oid.empty() == (row.type == key_type::oct));
            if (!row.oid.empty())
                CHECK(holds_oid(crypto::write_spki(*key), row.oid));
        }
    }

    TEST_CASE("rows: what a family signs and encrypts with takes it, and says so of those that do")
    {
        for (auto const& row : key_family_rows) {
            CAPTURE(row.name);
            auto const takes = [&](auto const& one) { return one.families.contains(row.family); };
            auto const* signs = find_signature_algorithm(row.signs_with);
            CHECK((signs != nullptr && takes(*signs)) == !row.signs_with.empty());
            CHECK(row.signs_with.empty() == std::ranges::none_of(signature_algorithms, takes));
            auto const* encrypts = find_key_management(row.encrypts_with);
            CHECK((encrypts != nullptr && takes(*encrypts)) == !row.encrypts_with.empty());
            if (row.type != key_type::oct)
                CHECK(
                    row.encrypts_with.empty()
                    == std::ranges::none_of(key_management_algorithms, takes)
                );
        }
    }

    TEST_CASE("rows: a family is found by what names it, and by nothing else")
    {
        for (auto const& row : key_family_rows) {
            CAPTURE(row.name);
            CHECK(find_key_type(kty_of(row.family)) == row.type);
            if (!row.name.empty())
                CHECK(find_key_family(row.type, row.name) == row.family);
            if (row.type == key_type::ec) {
                CHECK(key_family_of_curve_oid(row.oid) == row.family);
                CHECK(!key_family_of_algorithm_oid(row.oid));
            } else if (!row.oid.empty()) {
                CHECK(key_family_of_algorithm_oid(row.oid) == row.family);
                CHECK(!key_family_of_curve_oid(row.oid));
            }
            if (!row.openssh.empty())
                CHECK(key_family_of_openssh(row.openssh) == row.family);
        }
        for (auto const* nothing : {"", "ec", "EC ", "none", "1.2.840.10045.2.1", "ssh-dss"}) {
            CHECK(!find_key_type(nothing));
            CHECK(!key_family_of_curve_oid(nothing));
            CHECK(!key_family_of_algorithm_oid(nothing));
            CHECK(!key_family_of_openssh(nothing));
            for (auto const type : {key_type::oct, key_type::rsa, key_type::ec, key_type::akp})
                CHECK(!find_key_family(type, nothing));
        }
        CHECK(!find_key_family(key_type::okp, "P-256"));
        CHECK(!find_key_family(key_type::ec, "Ed25519"));
        CHECK(!find_key_family(key_type::akp, "ES256"));
    }

    TEST_CASE("crv_of: curves have one, and no other keys")
    {
        CHECK(crv_of(key_family::p256) == "P-256");
        CHECK(crv_of(key_family::x448) == "X448");
        CHECK(crv_of(key_family::ml_dsa_44).empty());
        CHECK(crv_of(key_family::rsa).empty());
        CHECK(crv_of(key_family::secret).empty());
    }

    TEST_CASE("first_of: EdDSA means Ed25519, ECDH-ES means P-256")
    {
        CHECK(first_of(find_signature_algorithm("EdDSA")->families) == key_family::ed25519);
        CHECK(first_of(find_key_management("ECDH-ES")->families) == key_family::p256);
        CHECK(first_of(key_family::ml_dsa_87) == key_family::ml_dsa_87);
    }

    TEST_CASE("agreement_families: the NIST curves, X25519 and X448")
    {
        constexpr auto wanted = key_family::p256 | key_family::p384 | key_family::p521
            | key_family::x25519 | key_family::x448;
        CHECK(agreement_families.bits == wanted.bits);
    }
}
