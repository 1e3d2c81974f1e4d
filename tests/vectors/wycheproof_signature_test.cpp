#include "core/crypto/key_table.hpp"
#include "core/crypto/providers.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "tests/core/crypto/samples.hpp"
#include "tests/support/vectors.hpp"

#include <doctest/doctest.h>

using namespace core;
using vectors::text_of;

namespace {

/// One verifier for the whole group, as in the service, so that each row follows another one.
void run_group(
    json::value group, signature_algorithm const& row, crypto::signature_provider const& by,
    vectors::tally& tally
)
{
    auto const der = samples::from_hex(text_of(group, "publicKeyDer"));
    auto const raw = group.find("publicKey");
    auto const key = raw && raw->is_string()  // ML-DSA: without DER when the key is not valid
        ? crypto::import_akp(key_family::ml_dsa_44, samples::from_hex(raw->string()), {})
        : [&]() -> core::result<crypto::key_ptr> { return read_key(der).value().material; }();
    if (auto const jwk = group.find("publicKeyJwk"); key && jwk)
        CHECK(thumbprint(*parse_jwk(*jwk, key_role::holder)->material) == thumbprint(**key));
    auto const verifier = key ? crypto::make_verifier_by(by, *key, row).value() : nullptr;
    auto const by_table = key && crypto::may_have_table(**key, row)
        ? crypto::make_table_verifier(crypto::make_key_table(**key))
        : nullptr;
    for (auto const test : vectors::member(group, "tests")) {
        auto const id = vectors::member(test, "tcId").text();
        if (!text_of(test, "ctx").empty()) {
            tally.skip(id, "JOSE has no context");
            continue;
        }
        auto const message = samples::from_hex(text_of(test, "msg"));
        auto const signature = samples::from_hex(text_of(test, "sig"));
        bool const verified = verifier && verifier->verify(message, signature);
        CHECK((!by_table || by_table->verify(message, signature) == verified));
        auto const refusal = to_string(verifier ? errc::signature_invalid : errc::key_invalid);
        tally.must_be(
            text_of(test, "result") == "valid", id, verified ? std::string_view{} : refusal
        );
    }
}

/// Every library on this machine that has the algorithm, by name.
std::vector<std::pair<std::string, crypto::signature_provider const*>>
providers_of(signature_algorithm const& row)
{
    std::vector<std::pair<std::string, crypto::signature_provider const*>> found;
    for (auto const name : crypto_provider_names) {
        auto const* by = crypto::find_signature_provider(*find_crypto_provider(name));
        if (by != nullptr && by->has(row, first_of(row.families)))
            found.emplace_back(name, by);
    }
    return found;
}

void run(std::string_view file, std::string_view alg)
{
    auto const document = vectors::read("wycheproof/" + std::string(file) + "_test.json");
    if (!document)
        return;
    auto const& row = *find_signature_algorithm(alg);
    for (auto const& [provider, by] : providers_of(row)) {
        vectors::tally tally("wycheproof " + std::string(file) + ", " + provider);
        for (auto const group : vectors::member(document->root(), "testGroups"))
            run_group(group, row, *by, tally);
        CHECK(tally.rows() == vectors::member(document->root(), "numberOfTests").integer());
        CHECK(tally.accepted() > 0);
        CHECK(tally.refused() > 0);
    }
}

}  // namespace

TEST_SUITE("vectors/wycheproof_signature")
{
    TEST_CASE("verifier: ECDSA as R || S on P-256, P-384, P-521 and secp256k1")
    {
        run("ecdsa_secp256r1_sha256_p1363", "ES256");
        run("ecdsa_secp384r1_sha384_p1363", "ES384");
        run("ecdsa_secp521r1_sha512_p1363", "ES512");
        run("ecdsa_secp256k1_sha256_p1363", "ES256K");
    }

    TEST_CASE("verifier: Ed25519 and Ed448")
    {
        run("ed25519", "EdDSA");
        run("ed448", "Ed448");
    }

    TEST_CASE("verifier: ML-DSA-44")
    {
        run("mldsa_44_verify", "ML-DSA-44");
    }
}
