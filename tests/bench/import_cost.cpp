// What it costs to read a key, by kind: CPU time per KiB of a stranger's text.
//
//   import_cost [rounds=20]
//
// Prints the median of the rounds for each kind, and fails when one is over 1 ms per KiB (rounded
// up). Sets and lists of 128 keys show what a single key of some octets hides. Exempt: RSA
// keys without their primes, which are read on the pool, and many private keys of X448, whose one
// multiplication takes 0.3 ms for 200 octets.
#include "core/base/base64url.hpp"
#include "core/issuers/jwks_reading.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "core/keys/pem.hpp"
#include "tests/core/keys/key_file_samples.hpp"
#include "tests/support/thread_time.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>

namespace {

using core::key_family;
using core::key_role;

constexpr double ms_per_kib_max = 1;
core::crypto::key_ptr key_of(key_family family)
{
    return core::crypto::generate(family, 0).value();
}

struct bench {
    std::size_t rounds;
    bool is_good = true;

    void take(
        std::string const& name, std::size_t octets, std::function<void()> const& work,
        bool is_exempt = false
    )
    {
        work();
        std::vector<double> times;
        for (std::size_t i = 0; i < rounds; ++i) {
            auto const began = tests::thread_us();
            work();
            times.push_back((tests::thread_us() - began) / 1e3);
        }
        std::ranges::sort(times);
        auto const ms = times[times.size() / 2];
        auto const begun = static_cast<double>((octets + 1023) / 1024);
        bool const is_over = ms > ms_per_kib_max * begun && !is_exempt;
        is_good = is_good && !is_over;
        std::printf(
            "%-44s %7zu octets %8.3f ms %7.3f ms/KiB%s\n", name.c_str(), octets, ms, ms / begun,
            is_exempt     ? "  (exempt)"
                : is_over ? "  OVER"
                          : ""
        );
    }
    void
    read(std::string const& name, std::string const& text, key_role role, bool is_exempt = false)
    {
        auto const work = [&] { (void)core::read_key(core::as_bytes(text), {.role = role}); };
        take(name, text.size(), work, is_exempt);
    }
    void read_set(std::string const& name, std::string const& text)
    {
        auto const algorithms = std::vector<std::string>{"RS256", "ES256", "EdDSA"};
        take(name, text.size(), [&] { (void)core::read_jwks(text, algorithms, 128, nullptr); });
    }
};

core::jwk jwk_with(core::crypto::key_ptr material, std::string kid)
{
    core::jwk key;
    key.kid = std::move(kid);
    key.material = std::move(material);
    return key;
}

std::string jwk_text(core::crypto::key_ptr const& material, bool is_private, std::string kid = "")
{
    std::string text;
    auto const key = jwk_with(material, std::move(kid));
    if (is_private)
        core::append_private_jwk(text, key);
    else
        core::append_public_jwk(text, key);
    return text;
}

std::string set_of(core::crypto::key_ptr const& material, bool is_private, bool has_kids)
{
    std::string text = R"({"keys":[)";
    for (int i = 0; i < 128; ++i)
        text += jwk_text(material, is_private, has_kids ? std::to_string(i) : "") + ",";
    text.back() = ']';
    return text + "}";
}

std::string name_of(core::crypto::key const& material)
{
    auto const family = material.family();
    auto const crv = core::crv_of(family);
    auto const alg = core::default_signature_algorithm(family);
    if (!crv.empty())
        return std::string(crv);
    return core::kty_of(family) == "RSA" ? "RSA " + std::to_string(material.bits())
                                         : std::string(alg);
}

void every_form(bench& b, core::crypto::key_ptr const& material)
{
    auto const name = name_of(*material);
    b.read(name + " JWK, public", jwk_text(material, false), key_role::holder);
    b.read(name + " JWK, private", jwk_text(material, true), key_role::holder);
    b.read(name + " JWK, private, as counterpart", jwk_text(material, true), key_role::counterpart);
    b.read(name + " PEM, public", core::to_public_pem(*material), key_role::holder);
    auto const pem = core::to_private_pem(*material).value();
    b.read(name + " PEM, private", pem, key_role::holder);
    b.read(name + " PEM, private, as counterpart", pem, key_role::counterpart);
    b.read_set(name + " JWK Set of 128", set_of(material, false, true));
    b.read_set(name + " JWK Set of 128 without kid", set_of(material, false, false));
    auto const all_private = set_of(material, true, true);
    b.read_set(name + " JWK Set of 128 private ones", all_private);
    auto const read_whole = [&] {
        auto const document = core::json::document::parse(all_private);
        (void)core::parse_jwk_set(document->root(), core::set_source::own, key_role::holder);
    };
    bool const is_x448 = material->family() == key_family::x448;
    b.take(name + " JWK Set of 128, read whole", all_private.size(), read_whole, is_x448);
}

std::string number(core::byte_view octets)
{
    return '"' + core::base64url_encode(octets) + '"';
}

/// Texts that are longer, deeper or more than any key.
void strange_texts(bench& b)
{
    core::bytes const huge(12000, 0xa7);
    auto const rsa = jwk_text(key_of(key_family::rsa), false);
    auto const with = [&](std::string const& more) {
        return rsa.substr(0, rsa.size() - 1) + "," + more + "}";
    };
    b.read("RSA d of 12000 octets", with("\"d\":" + number(huge)), key_role::holder);
    auto const half = core::bytes(huge.begin(), huge.begin() + 1024);
    auto const all = [&](core::bytes const& one) {
        std::string text;
        for (auto const* name : {"d", "p", "q", "dp", "dq", "qi"})
            text += std::string(text.empty() ? "" : ",") + '"' + name + "\":" + number(one);
        return text;
    };
    b.read("RSA d, p, q... of 1024 octets each", with(all(half)), key_role::holder);
    auto const n = std::string(R"({"kty":"RSA","n":)") + number(half);
    b.read("RSA n of 8192 bits, e of 32", n + R"(,"e":"_____w"})", key_role::holder);
    b.read("RSA e of 12000 octets", n + ",\"e\":" + number(huge) + "}", key_role::holder);
    b.read(
        "RSA n of 12000 octets", R"({"kty":"RSA","e":"AQAB","n":)" + number(huge) + "}",
        key_role::holder
    );
    b.read(
        "crv of 16 KiB", R"({"kty":"EC","crv":")" + std::string(16000, 'P') + "\"}",
        key_role::holder
    );
    std::string ops = "\"key_ops\":[\"verify\"";
    for (int i = 0; i < 8000; ++i)
        ops += ",\"" + std::to_string(i) + "\"";
    b.read("8000 key_ops", with(ops + "]"), key_role::holder);
    std::string blocks;
    while (blocks.size() < 16000)
        blocks += "-----BEGIN A-----\nAAAA\n-----END A-----\n";
    b.read("PEM of 400 blocks", blocks, key_role::holder);
    std::string begins;
    while (begins.size() < 16000)
        begins += "-----BEGIN A-----\n";
    b.read("PEM of 900 beginnings", begins, key_role::holder);
    auto const pem = [](core::bytes const& der) { return core::write_pem("PUBLIC KEY", der); };
    core::bytes nested;
    while (nested.size() < 12000)
        nested.insert(nested.end(), {0x30, 0x80});
    b.read("DER nested 6000 deep", pem(nested), key_role::holder);
    core::bytes oid{0x30, 0x82, 0x2e, 0xe8, 0x30, 0x82, 0x2e, 0xe0, 0x06, 0x82, 0x2e, 0xdc};
    oid.resize(12 + 0x2edc, 0x01);
    oid.insert(oid.end(), {0x03, 0x02, 0x00, 0x01});
    b.read("DER with an OID of 12000 arcs", pem(oid), key_role::holder);
}

}  // namespace

int main(int count, char** values)
{
    bench b{count > 1 ? std::strtoull(values[1], nullptr, 10) : 20};
    for (auto const& row : core::key_family_rows) {
        if (row.type != core::key_type::oct)
            every_form(b, key_of(row.family));
    }
    for (std::size_t const bits : {4096U, 8192U})
        every_form(b, core::crypto::generate(key_family::rsa, bits).value());
    b.read("certificate", std::string(samples::ec_cert), key_role::holder);
    b.read("PKCS#1", std::string(samples::rsa_pkcs1), key_role::holder);
    b.read("OpenSSH RSA", std::string(samples::ssh_rsa), key_role::holder);
    b.read("OpenSSH P-384", std::string(samples::ssh_p384), key_role::holder);
    strange_texts(b);
    auto text = jwk_text(core::crypto::generate(key_family::rsa, 4096).value(), true);
    text = text.substr(0, text.find(",\"p\":")) + "}";
    b.read("RSA 4096 JWK without primes", text, key_role::holder, true);
    b.read("RSA 4096 JWK without primes, described", text, key_role::described);
    b.read("RSA 4096 JWK without primes, counterpart", text, key_role::counterpart);
    return b.is_good ? 0 : 1;
}
