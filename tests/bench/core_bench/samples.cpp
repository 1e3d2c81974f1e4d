#include "tests/bench/core_bench/samples.hpp"

#include "core/base/base64url.hpp"
#include "core/jwe/make_jwe.hpp"
#include "core/jws/make_jws.hpp"

#include <cstdio>

namespace bench::samples {
namespace {

using namespace core;

/// An object's beginning, with members added until the text has so many octets.
std::string filled(std::string text, std::size_t octets)
{
    constexpr std::size_t member_octets = 40, last_octets_min = 8;
    auto const room = [&] { return octets - text.size() - 1; };
    for (unsigned i = 0; room() >= member_octets + last_octets_min; ++i) {
        std::array<char, 16> name{};
        std::snprintf(name.data(), name.size(), ",\"m%03u\":\"", i % 1000);
        text += name.data();
        text += std::string(30, 'v') + "\"";
    }
    constexpr std::size_t frame_octets = 7;
    text += ",\"x\":\"" + std::string(room() - frame_octets, 'v') + "\"}";
    return text;
}

/// bits  of a secret: the strongest algorithm's.
jwk key_of(key_family family, std::size_t bits)
{
    jwk key;
    key.kid = "bench";
    key.material = crypto::generate(family, family == key_family::secret ? bits : 0).value();
    return key;
}

/// The key of each family, made once.
jwk const& shared_key(key_family family, std::size_t secret_bits)
{
    static std::vector<jwk> made;
    for (auto const& one : made) {
        bool const is_other_secret =
            family == key_family::secret && one.material->bits() != secret_bits;
        if (one.material->family() == family && !is_other_secret)
            return one;
    }
    return made.emplace_back(key_of(family, secret_bits));
}

/// The algorithm's name; with the curve's where keys of several curves may use it.
std::string name_of(std::string_view alg, key_families several, key_family one)
{
    bool const has_several = (several.bits & (several.bits - 1)) != 0;
    return std::string(alg) + (has_several ? " " + std::string(row_of(one).name) : "");
}

signing_key signing_key_of(signature_algorithm const& row, key_family family)
{
    signing_key made{name_of(row.name, row.families, family), &row, shared_key(family, 512)};
    made.signer = crypto::make_signer(made.key.material, row).value();
    made.verifier = crypto::make_verifier(made.key.material, row).value();
    made.header = R"({"alg":")" + std::string(row.name) + R"(","typ":"JWT","kid":"bench"})";
    return made;
}

/// The size of a secret that an algorithm asks for.
std::size_t
secret_bits_of(key_management_algorithm const& row, content_encryption_algorithm const& enc)
{
    if (row.scheme == key_management_scheme::direct)
        return enc.key_bits;
    return row.scheme == key_management_scheme::pbes2 ? 128 : row.wrap_bits;
}

}  // namespace

std::string claims_of(std::size_t octets)
{
    return filled(R"({"iss":"urn:i","sub":"s","aud":"urn:a","exp":1900000000)", octets);
}

std::string wishes_of(std::size_t octets)
{
    return filled(R"({"sub":"s")", octets);
}

std::vector<signing_key> const& signing_keys()
{
    static auto const all = [] {
        std::vector<signing_key> made;
        for (auto const& row : signature_algorithms) {
            for (auto const& one : key_family_rows) {
                if (row.families.contains(one.family))
                    made.push_back(signing_key_of(row, one.family));
            }
        }
        return made;
    }();
    return all;
}

std::string signed_token(signing_key const& by, std::string_view payload)
{
    std::vector<jws_signing> signers(1);
    signers.front().protected_header = by.header;
    signers.front().with = by.signer.get();
    return make_jws(signers, as_bytes(payload), serialization::compact, true, false).value();
}

signed_parts parts_of(std::string_view token)
{
    auto const dot = token.rfind('.');
    return {std::string(token.substr(0, dot)), base64url_decode(token.substr(dot + 1)).value()};
}

std::vector<sealing_key> const& sealing_keys()
{
    static auto const all = [] {
        std::vector<sealing_key> made;
        for (auto const& row : key_management_algorithms) {
            bool const is_direct = row.scheme == key_management_scheme::direct;
            for (auto const& enc : content_encryption_algorithms) {
                if (!is_direct && enc.name != "A256GCM")
                    continue;
                for (auto const& one : key_family_rows) {
                    if (!row.families.contains(one.family))
                        continue;
                    auto name = is_direct ? std::string(row.name) + " " + std::string(enc.name)
                                          : name_of(row.name, row.families, one.family);
                    auto const& key = shared_key(one.family, secret_bits_of(row, enc));
                    made.push_back({std::move(name), &row, &enc, key});
                }
            }
        }
        return made;
    }();
    return all;
}

std::string sealed_token(sealing_key const& to, std::string_view plaintext)
{
    jwe_request what;
    what.encryption = to.enc;
    what.recipients.resize(1);
    what.recipients.front().key = &to.key;
    what.recipients.front().algorithm = to.row;
    what.plaintext = as_bytes(plaintext);
    what.p2c = iterations;
    return make_jwe(what).value();
}

}  // namespace bench::samples
