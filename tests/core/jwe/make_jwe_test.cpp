#include "core/algorithms/work_costs.hpp"
#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"
#include "tests/core/jwe/jwe_samples.hpp"

using namespace core;
using namespace samples;

TEST_SUITE("core/jwe/make_jwe")
{
    TEST_CASE("make_jwe, decrypt: every alg with every enc opens again")
    {
        for (auto const& row : key_management_algorithms) {
            for (auto const& enc : content_encryption_algorithms) {
                CAPTURE(row.name);
                CAPTURE(enc.name);
                auto const key = key_for(row, enc);
                auto const opened = open(key, seal(key, row.name, enc.name, "what nobody may see"));
                REQUIRE(opened.has_value());
                CHECK(text_of(*opened) == "what nobody may see");
                CHECK(opened->algorithm == &row);
                CHECK(opened->encryption == &enc);
            }
        }
    }

    TEST_CASE("make_jwe, decrypt: ECDH-ES on every curve, with and without the names of the parties"
    )
    {
        for (auto const family :
             {key_family::p256, key_family::p384, key_family::p521, key_family::x25519,
              key_family::x448}) {
            for (auto const* alg : {"ECDH-ES", "ECDH-ES+A192KW"}) {
                auto const key = jwk_of(family, "k");
                auto request = request_for(key, alg, "A256CBC-HS512", "hello");
                request.recipients[0].apu = bytes{'A', 'l', 'i', 'c', 'e'};
                request.recipients[0].apv = bytes{'B', 'o', 'b'};
                auto const token = make_jwe(request).value();
                CHECK(text_of(open(key, token).value()) == "hello");
                auto const header = base64url_decode_text(part_of(token, 0)).value();
                CHECK(header.find(R"("apu":"QWxpY2U","apv":"Qm9i")") != header.npos);
                CHECK(header.find(R"("d":)") == header.npos);
                CHECK(text_of(open(key, seal(key, alg, "A128GCM", "")).value()).empty());
            }
        }
    }

    TEST_CASE("make_jwe: two tokens of one text have nothing in common but the header")
    {
        auto const key = secret_of(256);
        auto const one = seal(key, "A256KW", "A256GCM", "text");
        auto const two = seal(key, "A256KW", "A256GCM", "text");
        CHECK(part_of(one, 0) == part_of(two, 0));
        for (int i = 1; i < 5; ++i)
            CHECK(part_of(one, i) != part_of(two, i));
    }

    TEST_CASE("make_jwe, decrypt: flattened, with additional data that is authenticated")
    {
        auto const key = secret_of(128);
        auto const token = flattened(key, "seen by all");
        auto const opened = open_json(token, {key});
        REQUIRE(opened.has_value());
        CHECK(text_of(*opened) == "text");
        auto const said = base64url_encode(as_bytes(std::string_view("seen by all")));
        auto const other = base64url_encode(as_bytes(std::string_view("seen by none")));
        CHECK(code_of(open_json(with(token, said, other), {key})) == errc::decryption_failed);
    }

    TEST_CASE("make_jwe, decrypt: general, each recipient opens it with its own key")
    {
        std::vector<jwk> const keys{
            secret_of(128, "s"), jwk_of(key_family::rsa, "r"), jwk_of(key_family::x25519, "x")};
        auto request = request_for(keys[0], "A128GCMKW", "A256GCM", "for all of you");
        request.form = serialization::general;
        request.recipients[0].header = R"({"n":1})";
        request.recipients.push_back({&keys[1], &alg_of("RSA-OAEP-256"), "{}", {}, {}});
        request.recipients.push_back({&keys[2], &alg_of("ECDH-ES+A128KW"), "{}", bytes{'a'}, {}});
        auto const token = make_jwe(request).value();
        for (std::size_t i = 0; i < keys.size(); ++i) {
            auto const opened = open_json(token, {keys[i]});
            REQUIRE(opened.has_value());
            CHECK(text_of(*opened) == "for all of you");
            CHECK(opened->recipient == i);
            CHECK(opened->kid == keys[i].kid);
        }
        CHECK(code_of(open_json(token, {secret_of(256, "q")})) == errc::key_not_found);
    }

    TEST_CASE("make_jwe: dir and ECDH-ES have one recipient, compact has one and no aad")
    {
        auto const secret = secret_of(128);
        auto const curve = jwk_of(key_family::p256);
        auto request = request_for(secret, "dir", "A128GCM", "x");
        request.form = serialization::general;
        CHECK(make_jwe(request).has_value());
        request.recipients.push_back({&curve, &alg_of("ECDH-ES"), "{}", {}, {}});
        CHECK(code_of(make_jwe(request)) == errc::request_invalid);
        request.recipients.erase(request.recipients.begin());
        request.form = serialization::compact;
        CHECK(make_jwe(request).has_value());
        request.aad = as_bytes(std::string_view("a"));
        CHECK(code_of(make_jwe(request)) == errc::request_invalid);
        request.aad.reset();
        request.recipients.clear();
        CHECK(code_of(make_jwe(request)) == errc::request_invalid);
    }

    TEST_CASE("make_jwe: keys that do not fit are key_invalid")
    {
        auto const secret = secret_of(128);
        CHECK(
            code_of(make_jwe(request_for(secret, "A256KW", "A128GCM", "x"))) == errc::key_invalid
        );
        CHECK(code_of(make_jwe(request_for(secret, "dir", "A256GCM", "x"))) == errc::key_invalid);
        CHECK(
            code_of(make_jwe(request_for(secret, "RSA-OAEP", "A256GCM", "x"))) == errc::key_invalid
        );
        auto const curve = jwk_of(key_family::secp256k1);
        CHECK(
            code_of(make_jwe(request_for(curve, "ECDH-ES", "A256GCM", "x"))) == errc::key_invalid
        );
        auto signing = jwk_of(key_family::rsa);
        signing.use = key_use::sig;
        CHECK(
            code_of(make_jwe(request_for(signing, "RSA-OAEP", "A256GCM", "x"))) == errc::key_invalid
        );
        auto bound = jwk_of(key_family::rsa);
        bound.alg = "RSA-OAEP-256";
        CHECK(
            code_of(make_jwe(request_for(bound, "RSA-OAEP", "A256GCM", "x"))) == errc::key_invalid
        );
    }

    TEST_CASE("make_jwe: apu without ECDH-ES and p2c out of bounds are request_invalid")
    {
        auto const secret = secret_of(128);
        auto request = request_for(secret, "A128KW", "A128GCM", "x");
        request.recipients[0].apu = bytes{1};
        CHECK(code_of(make_jwe(request)) == errc::request_invalid);
        request = request_for(secret, "PBES2-HS256+A128KW", "A128GCM", "x");
        for (std::int64_t const count : {std::int64_t{999}, p2c_max + 1}) {
            request.p2c = count;
            CHECK(code_of(make_jwe(request)) == errc::request_invalid);
        }
        request.p2c_max = 1500;
        request.p2c = 1501;
        auto const refused = make_jwe(request);
        CHECK(code_of(refused) == errc::request_invalid);
        CHECK(refused.error().detail.find("p2c") != std::string::npos);
        request.p2c = 1500;
        CHECK(make_jwe(request).has_value());
    }

    TEST_CASE("make_jwe: a key that AES-GCM used 2^32 times is key_invalid, for dir and A128GCMKW")
    {
        auto const key = [] {
            jwk fresh;
            fresh.material = crypto::import_secret(secret_bytes(crypto::random_bytes(16))).value();
            return fresh;
        }();
        REQUIRE(key.material->take_gcm_uses(crypto::key::gcm_uses_max - 2));
        CHECK(make_jwe(request_for(key, "dir", "A128GCM", "x")).has_value());
        CHECK(make_jwe(request_for(key, "A128GCMKW", "A128GCM", "x")).has_value());
        CHECK(code_of(make_jwe(request_for(key, "dir", "A128GCM", "x"))) == errc::key_invalid);
        CHECK(
            code_of(make_jwe(request_for(key, "A128GCMKW", "A128GCM", "x"))) == errc::key_invalid
        );
        CHECK(make_jwe(request_for(key, "A128KW", "A128GCM", "x")).has_value());
    }

    TEST_CASE("make_jwe: a token over 250 KiB is token_too_large")
    {
        auto const key = secret_of(128);
        std::string const large(jwe_bytes_max * 3 / 4, 'x');
        CHECK(
            code_of(make_jwe(request_for(key, "dir", "A128GCM", large))) == errc::token_too_large
        );
        std::string const huge(jwe_bytes_max + 1, 'x');
        CHECK(code_of(make_jwe(request_for(key, "dir", "A128GCM", huge))) == errc::token_too_large);
        auto const most = large.substr(0, large.size() - 100);
        CHECK(make_jwe(request_for(key, "dir", "A128GCM", most)).has_value());
    }

    TEST_CASE("make_jwe: a header is charged for being read, authenticated and written")
    {
        auto const key = secret_of(128);
        std::string const header = R"({"a":")" + std::string(20'000, 'x') + R"("})";
        auto const spent_with = [&](std::string_view with) {
            work_budget budget(work_max, work_max);
            auto request = request_for(key, "dir", "A128GCM", "x");
            request.header = with;
            request.budget = &budget;
            REQUIRE(make_jwe(request).has_value());
            return budget.spent();
        };
        auto const& enc = enc_of("A128GCM");
        auto const encoded = header.size() * 4 / 3;
        auto const for_header = costs::of_reading(header.size()) + costs::of_content(enc, encoded)
            - costs::of_content(enc, 0) + costs::of_writing(encoded);
        CHECK(spent_with(header) - spent_with("{}") >= for_header * 9 / 10);
    }
}
