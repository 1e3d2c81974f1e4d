#include "core/algorithms/encryption_algorithm.hpp"
#include "core/jwe/key_trial.hpp"
#include "core/keys/jwk_write.hpp"

#include <doctest/doctest.h>

#include <array>

namespace {

core::jwk key_of(core::key_family family, std::string_view alg, core::key_use use)
{
    core::jwk key;
    key.material = core::crypto::generate(family, 0).value();
    key.kid = "k";
    key.alg = alg;
    key.use = use;
    return key;
}

}  // namespace

TEST_SUITE("core/jwe/key_trial")
{
    TEST_CASE("works: a key of every kind does what it is for")
    {
        using core::key_family;
        using core::key_use;
        CHECK(core::works(key_of(key_family::secret, "HS256", key_use::sig)));
        CHECK(core::works(key_of(key_family::rsa, "RS256", key_use::sig)));
        CHECK(core::works(key_of(key_family::rsa, "PS256", key_use::sig)));
        CHECK(core::works(key_of(key_family::p256, "ES256", key_use::sig)));
        CHECK(core::works(key_of(key_family::ed25519, "EdDSA", key_use::sig)));
        CHECK(core::works(key_of(key_family::rsa, "RSA-OAEP-256", key_use::enc)));
        CHECK(core::works(key_of(key_family::p256, "ECDH-ES+A256KW", key_use::enc)));
        CHECK(core::works(key_of(key_family::secret, "A256KW", key_use::enc)));
    }

    TEST_CASE("works: an algorithm that is off by default works where the key names it")
    {
        CHECK(core::works(key_of(core::key_family::rsa, "RSA1_5", core::key_use::enc)));
    }

    TEST_CASE("works: a public half is made ready, and nothing more")
    {
        auto key = key_of(core::key_family::p256, "ES256", core::key_use::sig);
        key.material = core::crypto::public_half_of(*key.material);
        CHECK(core::works(key));
    }

    TEST_CASE("works: an alg of another kind of key is found out")
    {
        CHECK(!core::works(key_of(core::key_family::p256, "RS256", core::key_use::sig)));
        CHECK(!core::works(key_of(core::key_family::p256, "none", core::key_use::sig)));
        CHECK(!core::works(key_of(core::key_family::ed25519, "ECDH-ES", core::key_use::enc)));
    }
}
