#include "core/keys/jwk_write.hpp"
#include "core/keys/pem_keys.hpp"
#include "tests/core/crypto/samples.hpp"
#include "tests/core/keys/key_file_samples.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace core;

namespace {

std::string text_of(std::initializer_list<std::string_view> blocks)
{
    std::string text;
    for (auto const block : blocks)
        text.append(block);
    return text;
}

std::string name_of(std::string_view pem)
{
    return thumbprint(*read_key(as_bytes(pem)).value().material);
}

jwk key_of(std::initializer_list<std::string_view> blocks, key_text_options const& options = {})
{
    auto const text = text_of(blocks);
    auto key = read_key(as_bytes(text), options);
    REQUIRE(key.has_value());
    return std::move(*key);
}

std::string refusal_of(std::initializer_list<std::string_view> blocks)
{
    auto const text = text_of(blocks);
    auto const keys = read_keys(as_bytes(text));
    REQUIRE(!keys.has_value());
    CHECK(keys.error() == errc::key_invalid);
    return keys.error().detail;
}

bool has(std::string const& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

constexpr std::string_view no_owner = "belongs to no key";

}  // namespace

TEST_SUITE("core/keys/pem_keys")
{
    TEST_CASE("read_key: of a chain of certificates the first one's key counts")
    {
        auto const expected = name_of(samples::ec_spki);
        for (auto const& key :
             {key_of({samples::leaf_cert}), key_of({samples::leaf_cert, samples::middle_cert}),
              key_of({samples::leaf_cert, samples::middle_cert, samples::root_cert})}) {
            CHECK(thumbprint(*key.material) == expected);
            CHECK(!key.material->is_private());
        }
    }

    TEST_CASE("read_key: a private key with its certificate or its public half, in any order, is "
              "the private key")
    {
        auto const expected = name_of(samples::ec_spki);
        for (auto const& key : {
                 key_of({samples::ec_pkcs8, samples::ec_cert}),
                 key_of({samples::leaf_cert, samples::middle_cert, samples::ec_sec1}),
                 key_of({samples::ec_pkcs8, samples::ec_spki}),
                 key_of({samples::ec_spki, samples::ec_pkcs8, samples::ec_cert}),
             }) {
            CHECK(thumbprint(*key.material) == expected);
            CHECK(key.material->is_private());
        }
        auto const half =
            key_of({samples::ec_pkcs8, samples::ec_cert}, {.role = key_role::counterpart});
        CHECK(!half.material->is_private());
        secret_bytes const password(std::string_view("correct"));
        auto const opened =
            key_of({samples::ec_enc_pbkdf2, samples::leaf_cert}, {.password = &password});
        CHECK(opened.material->is_private());
    }

    TEST_CASE("read_key: a certificate or a public key of another private key is key_invalid")
    {
        CHECK(has(refusal_of({samples::rsa_pkcs8, samples::ec_cert}), no_owner));
        CHECK(has(refusal_of({samples::ec_cert, samples::rsa_pkcs8}), no_owner));
        CHECK(has(refusal_of({samples::ec_pkcs8, samples::other_cert}), no_owner));
        auto const two = text_of({samples::ec_pkcs8, samples::rsa_spki});
        CHECK(has(read_key(as_bytes(two)).error().detail, "another public key"));
        auto const more = text_of({samples::ec_pkcs8, samples::rsa_pkcs8});
        CHECK(has(read_key(as_bytes(more)).error().detail, "more than one key"));
    }

    TEST_CASE("read_keys: certificates that are not one chain from its first are key_invalid")
    {
        CHECK(has(refusal_of({samples::root_cert, samples::middle_cert}), no_owner));
        CHECK(has(refusal_of({samples::leaf_cert, samples::root_cert}), no_owner));
        // a self-signed certificate is the end of its chain, also before one with its own name
        CHECK(has(refusal_of({samples::ec_cert, samples::other_cert}), no_owner));
        CHECK(has(refusal_of({samples::ec_spki, samples::root_cert}), no_owner));
    }

    TEST_CASE("read_keys: several public keys, each perhaps with its certificate, in their order")
    {
        auto const text = text_of(
            {samples::rsa_spki, samples::ec_spki, samples::leaf_cert, samples::middle_cert,
             samples::ed25519_spki}
        );
        auto const keys = read_keys(as_bytes(text), {.role = key_role::published});
        REQUIRE(keys.has_value());
        REQUIRE(keys->size() == 3);
        CHECK(thumbprint(*(*keys)[0].material) == name_of(samples::rsa_spki));
        CHECK(thumbprint(*(*keys)[1].material) == name_of(samples::ec_spki));
        CHECK(thumbprint(*(*keys)[2].material) == name_of(samples::ed25519_spki));
        CHECK(has(read_key(as_bytes(text)).error().detail, "more than one key"));
        auto const twice = text_of({samples::ec_spki, samples::ec_spki});
        CHECK(read_keys(as_bytes(twice)).value().size() == 1);
    }

    TEST_CASE("read_keys: a private key among published ones, and more than 8 keys, are "
              "key_invalid")
    {
        auto const own = text_of({samples::ec_pkcs8, samples::ec_cert});
        auto const published = read_keys(as_bytes(own), {.role = key_role::published});
        REQUIRE(!published.has_value());
        CHECK(has(published.error().detail, "holds a private key"));
        std::string text;
        for (std::size_t i = 0; i < key_text_keys_max; ++i)
            text += samples::ec_spki;
        CHECK(read_keys(as_bytes(text)).has_value());
        text += samples::ec_spki;
        CHECK(has(read_keys(as_bytes(text)).error().detail, "too many keys"));
    }
}
