#include "core/algorithms/work_costs.hpp"
#include "core/base/base64url.hpp"
#include "core/crypto/key_management.hpp"
#include "core/crypto/providers.hpp"
#include "core/crypto/signature.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "tests/bench/cost_rows.hpp"
#include "tests/core/keys/key_file_samples.hpp"

#include <array>

namespace {

using namespace core;

constexpr std::size_t message_octets = 256;
bytes const message(message_octets, 'm');

crypto::key_ptr key_of(key_family family, std::size_t bits = 0)
{
    return crypto::generate(family, bits).value();
}

std::string name_of(crypto::key const& material)
{
    auto const& row = row_of(material.family());
    if (!row.name.empty())
        return std::string(row.name);
    return (row.type == key_type::rsa ? "RSA " : "secret ") + std::to_string(material.bits());
}

std::string jwk_text(crypto::key_ptr const& material, bool is_private)
{
    std::string text;
    jwk key;
    key.material = material;
    if (is_private)
        append_private_jwk(text, key);
    else
        append_public_jwk(text, key);
    return text;
}

/// A fresh object for each: the key of a request is never kept.
void add_signatures(cost_rows& rows, crypto::key_ptr const& material)
{
    auto const family = material->family();
    auto const bits = material->bits();
    for (auto const& row : signature_algorithms) {
        if (!row.families.contains(family) || bits < row.key_bits_min)
            continue;
        if (family == key_family::rsa && row.name != "RS256" && row.name != "PS512")
            continue;  // the others are between
        auto const name = name_of(*material) + " " + std::string(row.name);
        auto const by = crypto::provider_of(row, family);
        std::shared_ptr<crypto::signer> const signer = crypto::make_signer(material, row).value();
        std::shared_ptr<crypto::verifier> const verifier =
            crypto::make_verifier(material, row).value();
        auto const signature = signer->sign(message).value();
        rows.push_back(
            {name + " verify", costs::of_verifying(row, family, bits, message_octets),
             [=, &row] {
                 (void)crypto::make_verifier(material, row).value()->verify(message, signature);
             }}
        );
        rows.push_back({name + " verify, kept", {}, [=] {
                            (void)verifier->verify(message, signature);
                        }});
        bool const is_random = row.scheme == signature_scheme::ml_dsa;
        rows.push_back(
            {name + " sign", costs::of_signing(row, family, bits, message_octets, by),
             [=, &row] { (void)crypto::make_signer(material, row).value()->sign(message); },
             is_random}
        );
        bool const is_longest = row.name.ends_with("512") || family == key_family::ed25519
            || family == key_family::ed448 || family == key_family::ml_dsa_44;
        if (is_longest && bits <= 2048) {
            bytes const mib(1U << 20U, 'm');
            rows.push_back(
                {name + " sign 1 MiB", costs::of_signing(row, family, bits, mib.size(), by),
                 [=] { (void)signer->sign(mib); }, is_random}
            );
            rows.push_back(
                {name + " verify 1 MiB", costs::of_verifying(row, family, bits, mib.size()),
                 [=] { (void)verifier->verify(mib, signature); }}
            );
        }
        rows.push_back({name + " sign, kept", {}, [=] { (void)signer->sign(message); }, is_random});
    }
}

void add_key_management(cost_rows& rows, crypto::key_ptr const& material)
{
    auto const& enc =
        *find_content_encryption(material->bits() == 512 ? "A256CBC-HS512" : "A256GCM");
    for (auto const& row : key_management_algorithms) {
        if (crypto::misfit(*material, row, enc))
            continue;
        bool const is_repeated =
            (row.scheme == key_management_scheme::pbes2 && material->bits() != 256)
            || (row.scheme == key_management_scheme::rsa_oaep && row.hash != hash::sha512)
            || (row.scheme == key_management_scheme::ecdh && row.wrap_bits % 256 != 0);
        if (is_repeated)
            continue;
        crypto::cek_parameters with;
        with.p2c = 1000;
        auto cek = crypto::fresh_cek(enc);
        if (!crypto::seal_cek(material, row, enc, cek, with))
            std::abort();
        auto const stretching = row.scheme == key_management_scheme::pbes2
            ? costs::of_stretching(row, static_cast<std::size_t>(with.p2c))
            : work{};
        auto const name = name_of(*material) + " " + std::string(row.name);
        rows.push_back(
            {name + " open",
             costs::of_opening(
                 row, material->family(), material->bits(), 0, crypto::provider_of(row)
             ) + stretching,
             [=, &row, &enc] { (void)crypto::open_cek(material, row, enc, with); }}
        );
        rows.push_back(
            {name + " seal",
             costs::of_sealing(row, material->family(), material->bits()) + stretching,
             [=, &row, &enc] {
                 crypto::cek_parameters sent;
                 sent.p2c = 1000;
                 auto key = crypto::fresh_cek(enc);
                 (void)crypto::seal_cek(material, row, enc, key, sent);
             }}
        );
    }
}

void add_reading(
    cost_rows& rows, std::string name, std::string text, key_family family, std::size_t bits,
    costs::key_half half
)
{
    auto const table = costs::of_importing(family, bits, half) + costs::of_reading(text.size());
    auto const role =
        half == costs::key_half::public_half ? key_role::counterpart : key_role::holder;
    if (!read_key(as_bytes(text), {.role = role}))
        std::printf("%s is not read\n", name.c_str());
    rows.push_back({std::move(name), table, [=] { (void)read_key(as_bytes(text), {.role = role}); }}
    );
}

void add_imports(cost_rows& rows, crypto::key_ptr const& material)
{
    using enum costs::key_half;
    auto const name = "read " + name_of(*material);
    auto const add = [&](std::string const& form, std::string text, costs::key_half half) {
        add_reading(rows, name + form, std::move(text), material->family(), material->bits(), half);
    };
    if (material->family() == key_family::secret) {
        add(" JWK", jwk_text(material, true), private_half);
        return;
    }
    add(" JWK, public", jwk_text(material, false), public_half);
    add(" JWK, private", jwk_text(material, true), private_half);
    add(" PEM, public", to_public_pem(*material), public_half);
    add(" PEM, private", to_private_pem(*material).value(), private_half);
    if (material->family() == key_family::rsa && material->bits() <= 4096) {
        auto text = jwk_text(material, true);
        add(" JWK, without primes", text.substr(0, text.find(",\"p\":")) + "}",
            private_without_primes);
    }
}

/// The largest public exponent that import allows.
void add_large_exponent(cost_rows& rows, crypto::key const& usual)
{
    auto const bits = usual.bits();
    auto const parts = crypto::public_parts_of(usual);
    auto const material =
        crypto::import_rsa({parts.n, {0xff, 0xff, 0xff, 0xff}, {}, {}, {}, {}, {}, {}}).value();
    auto const& row = *find_signature_algorithm("RS256");
    bytes const signature(bits / 8, 0x55);
    rows.push_back(
        {"RSA " + std::to_string(bits) + " RS256 verify, e of 32 bits",
         costs::of_verifying(row, key_family::rsa, bits, message_octets, 0xffffffff),
         [=, &row] {
             (void)crypto::make_verifier(material, row).value()->verify(message, signature);
         }}
    );
    auto const& alg = *find_key_management("RSA-OAEP-256");
    auto const& enc = *find_content_encryption("A256GCM");
    rows.push_back(
        {"RSA " + std::to_string(bits) + " RSA-OAEP-256 seal, e of 32 bits",
         costs::of_sealing(alg, key_family::rsa, bits, 0, 0xffffffff),
         [=, &alg, &enc] {
             crypto::cek_parameters sent;
             auto key = crypto::fresh_cek(enc);
             (void)crypto::seal_cek(material, alg, enc, key, sent);
         }}
    );
}

}  // namespace

void add_keys(cost_rows& rows)
{
    std::vector<crypto::key_ptr> keys;
    for (auto const& row : key_family_rows) {
        if (row.family != key_family::secret && row.family != key_family::rsa)
            keys.push_back(key_of(row.family));
    }
    for (std::size_t const bits : {2048U, 3072U, 4096U, 8192U}) {
        keys.push_back(key_of(key_family::rsa, bits));
        add_large_exponent(rows, *keys.back());
    }
    for (std::size_t const bits : {128U, 192U, 256U, 512U, 32768U})
        keys.push_back(key_of(key_family::secret, bits));
    for (auto const& material : keys) {
        add_signatures(rows, material);
        add_key_management(rows, material);
        add_imports(rows, material);
    }
}
