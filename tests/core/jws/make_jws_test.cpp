#include "core/crypto/key.hpp"
#include "core/jws/make_jws.hpp"
#include "core/jws/serialization.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

crypto::key_ptr secret_key()
{
    auto key =
        crypto::import_secret(secret_bytes(std::string_view("0123456789abcdef0123456789abcdef")));
    REQUIRE(key.has_value());
    return *key;
}

}  // namespace

TEST_SUITE("core/jws/make_jws")
{
    TEST_CASE(
        "make_jws: RFC 7797 payloads travel as they are, detached or in a form that can carry them"
    )
    {
        auto const key = secret_key();
        auto signer = crypto::make_signer(key, *find_signature_algorithm("HS256"));
        REQUIRE(signer.has_value());
        std::vector<jws_signing> const by{
            {R"({"alg":"HS256","b64":false,"crit":["b64"]})", signer->get()}};
        auto const dotted = as_bytes("$.02");
        CHECK(!make_jws(by, dotted, serialization::compact, false, false).has_value());
        auto const detached = make_jws(by, dotted, serialization::compact, false, true);
        REQUIRE(detached.has_value());
        CHECK(detached->find("..") != std::string::npos);
        auto const flat = make_jws(by, dotted, serialization::flattened, false, false);
        REQUIRE(flat.has_value());
        CHECK(flat->starts_with(R"({"payload":"$.02")"));
    }
}
