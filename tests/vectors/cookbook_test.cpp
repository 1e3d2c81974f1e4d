#include "core/base/base64url.hpp"
#include "core/keys/jwk_write.hpp"
#include "tests/support/token_vectors.hpp"
#include "tests/support/vectors.hpp"

#include <doctest/doctest.h>

#include <array>

/// RFC 7520, RFC 7797 and RFC 8037 as the JOSE working group's cookbook of JSON files has them.
namespace {

constexpr std::string_view alg_unprotected = "alg is not in a protected header";
constexpr std::string_view only_its_alg_unprotected =
    "this signature's alg is in no protected header";
constexpr std::string_view b64_not_critical = "b64 is in the header, but crit does not name it";

struct example {
    std::string_view file;
    std::string_view refused_because = {};  ///< empty = accepted in every serialization
};

constexpr std::array examples{
    example{"cookbook/jws/4_1.rsa_v15_signature.json"},
    example{"cookbook/jws/4_2.rsa-pss_signature.json"},
    example{"cookbook/jws/4_3.ecdsa_signature.json"},
    example{"cookbook/jws/4_4.hmac-sha2_integrity_protection.json"},
    example{"cookbook/jws/4_5.signature_with_detached_content.json"},
    example{"cookbook/jws/4_6.protecting_specific_header_fields.json"},
    example{"cookbook/jws/4_7.protecting_content_only.json", alg_unprotected},
    example{"cookbook/jws/4_8.multiple_signatures.json"},
    example{"cookbook/rfc7797/hmac-sha2_b64_false.json"},
    example{"cookbook/rfc7797/4.2.hmac-sha2_b64_false.json", b64_not_critical},
    example{"cookbook/curve25519/jws.json"},
};

/// Checks one output with one key; `index` is the position of that key's signature.
void check_output(
    vectors::tally& tally, example const& one, core::json::value output, core::jwk const& key,
    std::string_view payload, std::size_t index
)
{
    bool const detached = one.file.find("/4_5.") != one.file.npos;
    auto const content = detached ? std::optional(payload) : std::nullopt;
    vectors::inline_keys keys;
    keys.keys = {key};
    auto const verified = vectors::verify(keys, output, content);
    auto const row = std::string(output.name()) + " #" + std::to_string(index);
    bool const second_of_4_8 = one.file.find("/4_8.") != one.file.npos && index == 1;
    auto const because = second_of_4_8 ? only_its_alg_unprotected : one.refused_because;
    if (!because.empty()) {
        tally.must_refuse_although_valid(row, vectors::code_of(verified), because);
        return;
    }
    tally.must_accept(row, vectors::code_of(verified));
    if (!verified)
        return;
    CHECK(verified->payload() == payload);
    CHECK(verified->signature_index() == index);
    if (output.is_object())
        return;
    if (auto const made = vectors::sign_again(key, output.string(), content))
        tally.must_equal(row, *made, output.string());
}

void check_example(example const& one)
{
    auto const file = vectors::read(one.file);
    if (!file)
        return;
    vectors::tally tally(one.file);
    auto const input = vectors::member(file->root(), "input");
    auto const payload = vectors::text_of(input, "payload");
    auto const material = vectors::member(input, "key");

    std::vector<core::jwk> keys;
    if (material.is_array())
        for (auto const member : material)
            keys.push_back(core::parse_jwk(member, core::key_role::holder).value());
    else
        keys.push_back(core::parse_jwk(material, core::key_role::holder).value());

    for (auto const output : vectors::member(file->root(), "output"))
        for (std::size_t i = 0; i < keys.size(); ++i)
            check_output(tally, one, output, keys[i], payload, i);
    CHECK(tally.rows() > 0);
}

/// Reads every key of a set of files, and reads it again after writing it.
void check_key(vectors::tally& tally, std::string_view file)
{
    auto const text = vectors::read_text(file);
    auto const key = core::parse_jwk_text(*text);
    tally.must_accept(file, vectors::code_of(key));
    if (!key || key->material->family() == core::key_family::secret)
        return;
    std::string written;
    core::append_public_jwk(written, *key);
    auto const again = core::parse_jwk_text(written);
    REQUIRE(again.has_value());
    CHECK_FALSE(again->material->is_private());
    tally.must_equal(
        file, core::thumbprint_input(*again->material), core::thumbprint_input(*key->material)
    );
}

}  // namespace

TEST_SUITE("vectors/cookbook")
{
    TEST_CASE("RFC 7520 section 4, RFC 7797 and RFC 8037: every serialization verifies")
    {
        for (auto const& one : examples)
            check_example(one);
    }

    TEST_CASE("RFC 7520 section 6: the signed token inside verifies by itself")
    {
        auto const file = vectors::read("cookbook/6.nesting_signatures_and_encryption.json");
        if (!file)
            return;
        vectors::tally tally("cookbook/6.nesting_signatures_and_encryption.json");
        auto const sign = vectors::member(file->root(), "sign");
        auto const input = vectors::member(sign, "input");
        auto const keys = vectors::read_keys(vectors::member(input, "key")).value();
        auto const compact = vectors::text_of(vectors::member(sign, "output"), "compact");
        auto const verified = vectors::verify(keys, compact);
        tally.must_accept("sign.compact", vectors::code_of(verified));
        REQUIRE(verified.has_value());
        CHECK(verified->payload() == vectors::text_of(input, "payload"));
    }

    TEST_CASE("RFC 7520 section 3: keys are read and written")
    {
        if (!vectors::read_text("cookbook/jwk/3_1.ec_public_key.json"))
            return;
        vectors::tally tally("cookbook/jwk");
        for (auto const* file :
             {"cookbook/jwk/3_1.ec_public_key.json", "cookbook/jwk/3_2.ec_private_key.json",
              "cookbook/jwk/3_3.rsa_public_key.json", "cookbook/jwk/3_4.rsa_private_key.json",
              "cookbook/jwk/3_5.symmetric_key_mac_computation.json",
              "cookbook/jwk/3_6.symmetric_key_encryption.json"})
            check_key(tally, file);
        CHECK(tally.accepted() == 6);
    }
}
