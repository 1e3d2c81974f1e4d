#include "core/inspect/inspect_key.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace core;

namespace {

bool has(std::vector<finding> const& list, std::string_view code, std::string_view subject = {})
{
    return std::ranges::any_of(list, [&](finding const& one) {
        return one.code == code && (subject.empty() || one.subject == subject);
    });
}

}  // namespace

TEST_SUITE("core/inspect/inspect_key")
{
    TEST_CASE("default_algorithm: the key's own, else its kind's, for what the key is for")
    {
        auto const of = [](key_family family, std::size_t bits, key_use use, std::string alg = {}) {
            jwk key;
            key.material = crypto::generate(family, bits).value();
            key.use = use;
            key.alg = std::move(alg);
            return std::string(default_algorithm(key));
        };
        CHECK(of(key_family::rsa, 2048, key_use::any) == "RS256");
        CHECK(of(key_family::rsa, 2048, key_use::enc) == "RSA-OAEP-256");
        CHECK(of(key_family::rsa, 2048, key_use::any, "RSA-OAEP") == "RSA-OAEP");
        CHECK(of(key_family::p384, 0, key_use::enc) == "ECDH-ES+A256KW");
        CHECK(of(key_family::x25519, 0, key_use::any) == "ECDH-ES+A256KW");
        CHECK(of(key_family::secret, 128, key_use::enc) == "A128KW");
        CHECK(of(key_family::secret, 256, key_use::any, "HS256") == "HS256");
    }

    TEST_CASE("inspect_key: a short secret is bad for HMAC, and as it should be for AES")
    {
        jwk key;
        key.material = crypto::generate(key_family::secret, 128).value();
        CHECK(has(inspect_key(key), "secret_too_short"));
        key.use = key_use::enc;
        CHECK(!has(inspect_key(key), "secret_too_short"));
    }
}
