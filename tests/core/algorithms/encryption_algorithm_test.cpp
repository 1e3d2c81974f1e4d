#include "core/algorithms/encryption_algorithm.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/algorithms/encryption_algorithm")
{
    TEST_CASE("find_key_management, find_content_encryption: every row by its name, nothing else")
    {
        for (auto const& row : key_management_algorithms)
            CHECK(find_key_management(row.name) == &row);
        for (auto const& row : content_encryption_algorithms)
            CHECK(find_content_encryption(row.name) == &row);
        for (auto const* name : {"", "none", "a128kw", "HS256", "RSA-OAEP-25", "A128GCM "}) {
            CHECK(find_key_management(name) == nullptr);
            CHECK((find_content_encryption(name) == nullptr || name == std::string_view("A128GCM"))
            );
        }
    }

    TEST_CASE("key management: RSA1_5 and PBES2 are off, nothing else is")
    {
        for (auto const& row : key_management_algorithms)
            CHECK(row.is_off == (row.name == "RSA1_5" || row.name.starts_with("PBES2")));
    }

    TEST_CASE("is_encryption_algorithm: each name goes with its kind of key alone")
    {
        CHECK(is_encryption_algorithm("RSA-OAEP-256", key_family::rsa));
        CHECK(!is_encryption_algorithm("RSA-OAEP-256", key_family::secret));
        CHECK(is_encryption_algorithm("ECDH-ES+A256KW", key_family::x25519));
        CHECK(is_encryption_algorithm("ECDH-ES", key_family::p521));
        CHECK(!is_encryption_algorithm("ECDH-ES", key_family::ed25519));
        CHECK(!is_encryption_algorithm("ECDH-ES", key_family::secp256k1));
        CHECK(is_encryption_algorithm("A128GCM", key_family::secret));
        CHECK(is_encryption_algorithm("dir", key_family::secret));
        CHECK(!is_encryption_algorithm("HS256", key_family::secret));
        CHECK(!is_encryption_algorithm("", key_family::secret));
    }

    TEST_CASE("default_encryption: by kind and size of the key, or what it states")
    {
        auto const check = [](key_family family, std::size_t bits, std::string_view stated,
                              std::string_view alg, std::string_view enc) {
            auto const found = default_encryption(family, bits, stated);
            CHECK(found.alg == alg);
            CHECK(found.enc == enc);
        };
        check(key_family::rsa, 2048, "", "RSA-OAEP-256", "A256GCM");
        check(key_family::rsa, 2048, "RSA-OAEP", "RSA-OAEP", "A256GCM");
        check(key_family::p384, 384, "", "ECDH-ES+A256KW", "A256GCM");
        check(key_family::x448, 448, "ECDH-ES", "ECDH-ES", "A256GCM");
        check(key_family::secret, 128, "", "A128KW", "A256GCM");
        check(key_family::secret, 192, "", "A192KW", "A256GCM");
        check(key_family::secret, 256, "", "A256KW", "A256GCM");
        check(key_family::secret, 384, "", "dir", "A192CBC-HS384");
        check(key_family::secret, 512, "", "dir", "A256CBC-HS512");
        check(key_family::secret, 256, "dir", "dir", "A256GCM");
        check(key_family::secret, 128, "A128GCM", "dir", "A128GCM");
        check(key_family::secret, 200, "", "", "");
        check(key_family::ed25519, 256, "", "", "");
    }
}
