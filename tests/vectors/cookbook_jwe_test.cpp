#include "core/base/base64url.hpp"
#include "tests/support/token_vectors.hpp"
#include "tests/support/vectors.hpp"

#include <doctest/doctest.h>

#include <array>

/// RFC 7520 sections 5 and 6 and RFC 8037 appendix A.6 as the JOSE working group's cookbook of JSON
/// files has them.
namespace {

constexpr std::string_view nothing_protected = "it has no protected header: enc is not protected";

struct example {
    std::string_view file;
    std::string_view refused_because = {};  ///< empty = it opens in every serialization
};

constexpr std::array examples{
    example{"cookbook/jwe/5_1.key_encryption_using_rsa_v15_and_aes-hmac-sha2.json"},
    example{"cookbook/jwe/5_2.key_encryption_using_rsa-oaep_with_aes-gcm.json"},
    example{"cookbook/jwe/5_3.key_wrap_using_pbes2-aes-keywrap_with-aes-cbc-hmac-sha2.json"},
    example{"cookbook/jwe/"
            "5_4.key_agreement_with_key_wrapping_using_ecdh-es_and_aes-keywrap_with_aes-gcm.json"},
    example{"cookbook/jwe/5_5.key_agreement_using_ecdh-es_with_aes-cbc-hmac-sha2.json"},
    example{"cookbook/jwe/5_6.direct_encryption_using_aes-gcm.json"},
    example{"cookbook/jwe/5_7.key_wrap_using_aes-gcm_keywrap_with_aes-cbc-hmac-sha2.json"},
    example{"cookbook/jwe/5_8.key_wrap_using_aes-keywrap_with_aes-gcm.json"},
    example{"cookbook/jwe/5_9.compressed_content.json"},
    example{"cookbook/jwe/5_10.including_additional_authentication_data.json"},
    example{"cookbook/jwe/5_11.protecting_specific_header_fields.json"},
    example{"cookbook/jwe/5_12.protecting_content_only.json", nothing_protected},
    example{"cookbook/jwe/5_13.encrypting_to_multiple_recipients.json"},
    example{"cookbook/curve25519/ecdh-es.json"},
};

/// The input's keys, or its password.
std::vector<core::jwk> keys_of(core::json::value input)
{
    std::vector<core::jwk> keys;
    if (input.find("pwd")) {
        core::jwk key;
        key.material =
            core::crypto::import_secret(core::secret_bytes(vectors::text_of(input, "pwd"))).value();
        return {key};
    }
    auto const material = vectors::member(input, "key");
    if (!material.is_array())
        return {core::parse_jwk(material, core::key_role::holder).value()};
    for (auto const one : material)
        keys.push_back(core::parse_jwk(one, core::key_role::holder).value());
    return keys;
}

void check_example(
    vectors::tally& tally, core::json::value example, std::string_view refused_because
)
{
    auto const input = vectors::member(example, "input");
    auto const keys = keys_of(input);
    for (auto const output : vectors::member(example, "output")) {
        for (std::size_t i = 0; i < keys.size(); ++i) {
            vectors::inline_keys one;
            one.keys = {keys[i]};
            auto const opened = vectors::open(one, output);
            auto const row = std::string(output.name()) + " #" + std::to_string(i);
            if (!refused_because.empty()) {
                tally.must_refuse_although_valid(row, vectors::code_of(opened), refused_because);
                continue;
            }
            tally.must_accept(row, vectors::code_of(opened));
            REQUIRE(opened.has_value());
            CHECK(core::as_text(opened->plaintext.view()) == vectors::text_of(input, "plaintext"));
            CHECK(opened->recipient == i);
        }
    }
    CHECK(tally.rows() > 0);
}

}  // namespace

TEST_SUITE("vectors/cookbook_jwe")
{
    TEST_CASE("RFC 7520 section 5, RFC 8037 A.6: every serialization opens for every recipient")
    {
        for (auto const& one : examples) {
            auto const file = vectors::read(one.file);
            if (!file)
                return;
            vectors::tally tally(one.file);
            check_example(tally, file->root(), one.refused_because);
        }
    }

    TEST_CASE("RFC 7520 section 6: the nested token opens, and is the signed one")
    {
        constexpr auto name = "cookbook/6.nesting_signatures_and_encryption.json";
        auto const file = vectors::read(name);
        if (!file)
            return;
        vectors::tally tally(std::string(name) + ", encrypt");
        auto const encrypt = vectors::member(file->root(), "encrypt");
        check_example(tally, encrypt, {});
        auto const sign = vectors::member(file->root(), "sign");
        CHECK(
            vectors::text_of(vectors::member(encrypt, "input"), "plaintext")
            == vectors::text_of(vectors::member(sign, "output"), "compact")
        );
    }
}
