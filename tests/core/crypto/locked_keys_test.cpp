#include "core/crypto/botan/botan_key.hpp"
#include "core/crypto/locked_keys.hpp"
#include "tests/core/crypto/memory_flags.hpp"
#include "tests/core/crypto/samples.hpp"

#include <botan/rsa.h>
#include <doctest/doctest.h>

using namespace core;
using namespace core::crypto;
using samples::key_of;

TEST_SUITE("core/crypto/locked_keys")
{
    TEST_CASE("a secret is where no core dump contains it, whatever its length")
    {
        for (std::size_t const size : {16U, 64U, 256U, 257U, 4096U}) {
            auto const key = import_secret(secret_bytes(bytes(size, 7))).value();
            auto const octets = botan_of(*key).secret();
            CHECK(octets.size() == size);
            CHECK(tests::is_left_out_of_dumps(octets.data()));
        }
    }

    TEST_CASE("lock_in_memory: long numbers of an RSA key are left out of core dumps, too")
    {
        auto const key = generate(key_family::rsa, 3072).value();  // a modulus of 384 octets
        lock_in_memory(*key);
        auto const& rsa =
            dynamic_cast<Botan::RSA_PrivateKey const&>(*botan_of(*key).private_half());
        CHECK(tests::is_left_out_of_dumps(rsa.get_d()._data()));
        CHECK(tests::is_left_out_of_dumps(rsa.get_p()._data()));
        CHECK(tests::is_left_out_of_dumps(rsa.get_d2()._data()));
    }

    TEST_CASE("lock_in_memory: other keys, and public ones, are left as they are")
    {
        for (auto const family : {key_family::p256, key_family::ed25519, key_family::secret})
            lock_in_memory(*key_of(family));
        lock_in_memory(*public_half_of(*key_of(key_family::rsa)));
        CHECK(key_of(key_family::p256)->is_private());
    }
}
