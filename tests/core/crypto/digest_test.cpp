#include "core/crypto/digest.hpp"
#include "tests/core/crypto/samples.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/crypto/digest")
{
    TEST_CASE("digest: \"abc\" of FIPS 180-4 under every hash")
    {
        CHECK(
            crypto::digest(hash::sha256, as_bytes("abc"))
            == samples::from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        );
        CHECK(
            crypto::digest(hash::sha384, as_bytes("abc"))
            == samples::from_hex("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                                 "8086072ba1e7cc2358baeca134c825a7")
        );
        CHECK(
            crypto::digest(hash::sha512, as_bytes("abc"))
            == samples::from_hex("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                                 "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
        );
    }

    TEST_CASE("digest: \"abc\" under SHAKE256 of FIPS 202, 114 octets as inside Ed448")
    {
        CHECK(
            crypto::digest(hash::shake256, as_bytes("abc"))
            == samples::from_hex("483366601360a8771c6863080cc4114d8db44530f8f1e1ee4f94ea37e78b5739"
                                 "d5a15bef186a5386c75744c0527e1faa9f8726e462a12a4feb06bd8801e751e4"
                                 "1385141204f329979fd3047a13c5657724ada64d2470157b3cdc288620944d78"
                                 "dbcddbd912993f0913f164fb2ce95131a2d0")
        );
    }

    TEST_CASE("random_bytes: two draws differ and have the size asked for")
    {
        auto const first = crypto::random_bytes(32);
        CHECK(first.size() == 32);
        CHECK(first != crypto::random_bytes(32));
        CHECK(crypto::random_bytes(0).empty());
    }
}
