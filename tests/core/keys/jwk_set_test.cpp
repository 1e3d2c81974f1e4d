#include "core/base/base64url.hpp"
#include "core/keys/jwk_set.hpp"
#include "core/keys/jwk_write.hpp"
#include "tests/core/crypto/samples.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

std::string public_jwk(key_family family, std::string_view kid, std::string_view more = "")
{
    jwk key;
    key.kid = kid;
    key.material = samples::key_of(family);
    std::string text;
    append_public_jwk(text, key);
    text.pop_back();
    return text + std::string(more) + "}";
}

std::string private_jwk(key_family family, std::string_view kid)
{
    jwk key;
    key.kid = kid;
    key.material = samples::key_of(family);
    std::string text;
    append_private_jwk(text, key);
    return text;
}

template <class... Keys> std::string set_of(Keys const&... keys)
{
    std::string text = R"({"keys":[)";
    ((text += keys, text += ','), ...);
    text.back() = ']';
    return text + "}";
}

result<jwk_set> own(std::string const& text)
{
    return parse_jwk_set_text(text, set_source::own);
}
result<jwk_set> foreign(std::string const& text)
{
    return parse_jwk_set_text(text, set_source::foreign);
}

jwk key_with(key_family family, std::string_view kid, std::string_view alg = "")
{
    jwk key;
    key.kid = kid;
    key.alg = alg;
    key.material = samples::key_of(family);
    return key;
}

result<std::vector<jwk const*>> select(
    std::vector<jwk> const& keys, std::string_view alg, std::string_view kid,
    set_source source = set_source::own
)
{
    return select_verification_keys(keys, {find_signature_algorithm(alg), kid}, source);
}

}  // namespace

TEST_SUITE("core/keys/jwk_set")
{
    TEST_CASE("parse_jwk_set: public keys of any kinds make a set, in order")
    {
        auto const text =
            set_of(public_jwk(key_family::p256, "a"), public_jwk(key_family::rsa, "b"));
        for (auto const source : {set_source::own, set_source::foreign}) {
            auto const set = parse_jwk_set_text(text, source);
            REQUIRE(set.has_value());
            REQUIRE(set->keys.size() == 2);
            CHECK(set->keys[0].kid == "a");
            CHECK(set->keys[1].kid == "b");
            CHECK(set->left_out.empty());
        }
    }

    TEST_CASE("parse_jwk_set: no object, no array, no key is key_invalid")
    {
        for (auto const* text :
             {"", "{}", "[]", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[1]})",
              R"({"keys":null})"}) {
            CHECK(own(text).error() == errc::key_invalid);
            CHECK(foreign(text).error() == errc::key_invalid);
        }
    }

    TEST_CASE("parse_jwk_set: an unknown key is skipped in a foreign set and fails an own one")
    {
        auto const text =
            set_of(std::string(R"({"kty":"new","kid":"n"})"), public_jwk(key_family::p256, "a"));
        auto const set = foreign(text);
        REQUIRE(set.has_value());
        CHECK(set->keys.size() == 1);
        CHECK(set->left_out.size() == 1);
        CHECK(own(text).error() == errc::key_invalid);
    }

    TEST_CASE("parse_jwk_set: secrets and private keys have no place in a foreign set")
    {
        auto const set = foreign(set_of(
            private_jwk(key_family::secret, "s"), private_jwk(key_family::p256, "p"),
            public_jwk(key_family::p384, "a")
        ));
        REQUIRE(set.has_value());
        REQUIRE(set->keys.size() == 1);
        CHECK(set->keys[0].kid == "a");
        CHECK(set->left_out.size() == 2);
        CHECK(foreign(set_of(private_jwk(key_family::secret, "s"))).error() == errc::key_invalid);
    }

    TEST_CASE("parse_jwk_set: a private half condemns its key under every entry of a foreign set")
    {
        auto const family = key_family::p256;
        auto const leak = private_jwk(family, "leak");
        auto const again = public_jwk(family, "again", R"(,"use":"sig","alg":"ES256")");
        auto const sealing = public_jwk(family, "sealing", R"(,"use":"enc")");
        auto const good = public_jwk(key_family::p384, "good");
        for (auto const& text :
             {set_of(leak, again, sealing, good), set_of(again, good, sealing, leak)}) {
            auto const set = foreign(text);
            REQUIRE(set.has_value());
            REQUIRE(set->keys.size() == 1);
            CHECK(set->keys[0].kid == "good");
            CHECK(set->is_compromised());
            REQUIRE(set->left_out.size() == 3);
            for (auto const& one : set->left_out) {
                CHECK(one.reason == left_out_reason::private_half_published);
                CHECK(one.thumbprint == thumbprint(*samples::key_of(family)));
            }
        }
        auto const alone = foreign(set_of(leak, again));
        CHECK(alone.error() == errc::key_invalid);
        CHECK(alone.error().detail.find("private half") != std::string::npos);
    }

    TEST_CASE("parse_jwk_set: an entry that is not a valid key condemns as well")
    {
        auto const n =
            base64url_encode(crypto::public_parts_of(*samples::key_of(key_family::rsa)).n);
        auto const good = public_jwk(key_family::rsa, "good");
        auto const is_condemned = [&](std::string const& leak) {
            CAPTURE(leak);
            auto const set = foreign(set_of(good, leak, public_jwk(key_family::p256, "other")));
            REQUIRE(set.has_value());
            return set->keys.front().kid != "good";
        };
        auto const rsa = R"({"kty":"RSA","n":")" + n;
        CHECK(is_condemned(rsa + R"(","e":"AQAB","d":"Aw"})"));
        CHECK(is_condemned(rsa + R"(","e":"Aw","p":"Aw"})"));  // with p anyone can compute every d
        CHECK(is_condemned(rsa + R"(==","e":"AQAB","d":"Aw"})"));
        CHECK(is_condemned(R"({"kty":"RSA","n":"AAAA)" + n + R"(","e":"AQAB","d":"Aw"})"));
        CHECK(is_condemned(rsa + R"(","e":"AQAB","d":"Aw","alg":"none","kid":7})"));
        CHECK(is_condemned(rsa + R"(","oth":[1]})"));
        // as careless readers do: characters of neither alphabet are skipped
        CHECK(is_condemned(R"({"kty":"RSA","n":"\t\u200b)" + n + R"(","e":"AQAB","d":"Aw"})"));
        // without a number, its kid names the key
        CHECK(is_condemned(R"({"kty":"RSA","kid":"good","e":"AQAB","d":"Aw"})"));
        CHECK(is_condemned(R"({"kty":"RSA","kid":"good","n":"","e":"AQAB","d":"Aw"})"));
        CHECK(!is_condemned(R"({"kty":"RSA","kid":"bad","e":"AQAB","d":"Aw"})"));
        // an empty member counts as absent
        CHECK(!is_condemned(rsa + R"(","e":"AQAB","d":null,"kid":"x"})"));
        CHECK(!is_condemned(rsa + R"(","e":"AQAB","d":"","p":null,"kid":"x"})"));
        CHECK(!is_condemned(R"({"kty":"RSA","n":"","e":"AQAB","d":"Aw"})"));
    }

    TEST_CASE("parse_jwk_set: a foreign key's empty private members and its x5c are not looked at")
    {
        auto const set = foreign(set_of(
            public_jwk(key_family::p256, "a", R"(,"d":null)"),
            public_jwk(key_family::p384, "b", R"(,"x5c":"nonsense")")
        ));
        REQUIRE(set.has_value());
        CHECK(set->keys.size() == 2);
    }

    TEST_CASE("read_published_keys: every entry that is left out is named, with its reason")
    {
        auto const text = set_of(
            public_jwk(key_family::p256, "a"), std::string("7"),
            std::string(R"({"kty":"oct","kid":"s","k":"AAAA"})"), public_jwk(key_family::p384, "a"),
            R"({"kty":"new","kid":")" + std::string(200, 'n') + R"("})"
        );
        auto const set = foreign(text);
        REQUIRE(set.has_value());
        CHECK(set->keys.size() == 1);
        REQUIRE(set->left_out.size() == 4);
        CHECK(set->left_out[0] == left_out_key{"", "", left_out_reason::unusable});
        CHECK(set->left_out[1] == left_out_key{"s", "", left_out_reason::secret});
        CHECK(set->left_out[2].reason == left_out_reason::kid_repeated);
        CHECK(set->left_out[3].kid == std::string(128, 'n'));
        CHECK(!set->is_compromised());
        CHECK(to_string(left_out_reason::private_half_published) == "private_half_published");
    }

    TEST_CASE("parse_jwk_set: an own set of counterparts leaves private halves unread")
    {
        auto text = set_of(public_jwk(key_family::rsa, "a", R"(,"d":7,"p":{})"));
        auto const document = json::document::parse(text);
        CHECK(!parse_jwk_set(document->root(), set_source::own));
        auto const set = parse_jwk_set(document->root(), set_source::own, key_role::counterpart);
        REQUIRE(set.has_value());
        CHECK(!set->keys[0].material->is_private());
    }

    TEST_CASE("parse_jwk_set: an own set mixes no secrets with other keys, in either order")
    {
        auto const secret = private_jwk(key_family::secret, "s");
        auto const ec = public_jwk(key_family::p256, "p");
        CHECK(own(set_of(secret)).has_value());
        CHECK(own(set_of(secret, ec)).error() == errc::key_invalid);
        CHECK(own(set_of(ec, secret)).error() == errc::key_invalid);
    }

    TEST_CASE("parse_jwk_set: two keys of one kid fail an own set; a foreign set keeps the first")
    {
        auto const text =
            set_of(public_jwk(key_family::p256, "a"), public_jwk(key_family::p384, "a"));
        CHECK(own(text).error() == errc::key_invalid);
        auto const set = foreign(text);
        REQUIRE(set->keys.size() == 1);
        CHECK(set->keys[0].material->family() == key_family::p256);
        auto const unnamed =
            set_of(public_jwk(key_family::p256, ""), public_jwk(key_family::p384, ""));
        CHECK(own(unnamed)->keys.size() == 2);
    }

    TEST_CASE("parse_jwk_set: 128 keys are a set, 129 are key_invalid")
    {
        auto many = [](int count) {
            std::string text = R"({"keys":[)";
            for (int i = 0; i < count; ++i)
                text += public_jwk(key_family::p256, std::to_string(i)) + ",";
            text.back() = ']';
            return text + "}";
        };
        CHECK(foreign(many(128))->keys.size() == 128);
        CHECK(foreign(many(129)).error() == errc::key_invalid);
    }

    TEST_CASE("select_verification_keys: the token's kid picks one key; a kid nobody has, none")
    {
        std::vector<jwk> const keys{
            key_with(key_family::p256, "a"), key_with(key_family::p256, "b")};
        auto const chosen = select(keys, "ES256", "b");
        REQUIRE(chosen.has_value());
        CHECK(*chosen == std::vector<jwk const*>{&keys[1]});
        CHECK(select(keys, "ES256", "c").error() == errc::key_not_found);
        CHECK(select(keys, "ES256", "A").error() == errc::key_not_found);
        CHECK(select({}, "ES256", "a").error() == errc::key_not_found);
    }

    TEST_CASE("select_verification_keys: a named key of another algorithm is algorithm_not_allowed")
    {
        std::vector<jwk> const keys{
            key_with(key_family::p256, "a"), key_with(key_family::rsa, "b", "PS256"),
            key_with(key_family::rsa, "")};
        CHECK(select(keys, "RS256", "a").error() == errc::algorithm_not_allowed);
        CHECK(select(keys, "RS256", "b").error() == errc::algorithm_not_allowed);
        CHECK(select(keys, "PS256", "b").has_value());
        CHECK(select(keys, "HS256", "a").error() == errc::algorithm_not_allowed);
        CHECK(select(keys, "HS256", "").error() == errc::key_not_found);
    }

    TEST_CASE("select_verification_keys: keys without an explicit kid stay candidates for any kid")
    {
        std::vector<jwk> keys{key_with(key_family::p256, "a"), key_with(key_family::p256, "")};
        CHECK(*select(keys, "ES256", "zzz") == std::vector<jwk const*>{&keys[1]});
        derive_kid(keys[1]);
        CHECK(*select(keys, "ES256", "zzz") == std::vector<jwk const*>{&keys[1]});
        CHECK(*select(keys, "ES256", keys[1].kid) == std::vector<jwk const*>{&keys[1]});
        CHECK(*select(keys, "ES256", "a") == std::vector<jwk const*>{&keys[0]});
    }

    TEST_CASE(
        "select_verification_keys: several are tried in an own set, ambiguous in a foreign one"
    )
    {
        std::vector<jwk> const keys{
            key_with(key_family::p256, "a"), key_with(key_family::p384, "b"),
            key_with(key_family::p256, "c")};
        auto const all = select(keys, "ES256", "");
        CHECK(*all == std::vector<jwk const*>{&keys[0], &keys[2]});
        CHECK(select(keys, "ES256", "", set_source::foreign).error() == errc::key_ambiguous);
        CHECK(select(keys, "ES384", "", set_source::foreign)->size() == 1);
    }

    TEST_CASE("select_verification_keys: at most 8 candidates")
    {
        std::vector<jwk> keys;
        for (int i = 0; i < 12; ++i)
            keys.push_back(key_with(key_family::p256, std::to_string(i)));
        auto const chosen = select(keys, "ES256", "");
        REQUIRE(chosen->size() == 8);
        CHECK(chosen->front() == &keys[0]);
    }

    TEST_CASE("select_verification_keys: use and key_ops bind")
    {
        auto with = [](key_use use, std::uint8_t ops) {
            std::vector<jwk> keys{key_with(key_family::secret, "a")};
            keys[0].use = use;
            keys[0].ops = ops;
            return select(keys, "HS256", "a").has_value();
        };
        auto const bit = [](key_op op) { return static_cast<std::uint8_t>(op); };
        CHECK(with(key_use::any, 0));
        CHECK(with(key_use::sig, 0));
        CHECK(!with(key_use::enc, 0));
        CHECK(with(key_use::any, bit(key_op::verify)));
        CHECK(!with(key_use::any, bit(key_op::sign)));
        CHECK(!with(key_use::any, bit(key_op::decrypt)));

        std::vector<jwk> signing{key_with(key_family::p256, "a")};
        signing[0].ops = bit(key_op::sign);
        CHECK(select(signing, "ES256", "a").has_value());
    }

    TEST_CASE("select_verification_keys: a key for encryption is never a candidate")
    {
        std::vector<jwk> const keys{
            key_with(key_family::secret, "a", "A256KW"), key_with(key_family::rsa, "b", "RSA-OAEP"),
            key_with(key_family::x25519, "c")};
        for (auto const& row : signature_algorithms)
            CHECK(select(keys, row.name, "").error() == errc::key_not_found);
    }

    TEST_CASE("select_verification_keys: EdDSA and the curves' own names meet under their curve")
    {
        std::vector<jwk> const keys{
            key_with(key_family::ed25519, "a", "Ed25519"),
            key_with(key_family::ed448, "b", "EdDSA")};
        CHECK(select(keys, "EdDSA", "a").has_value());
        CHECK(select(keys, "Ed25519", "a").has_value());
        CHECK(select(keys, "Ed448", "b").has_value());
        CHECK(select(keys, "Ed448", "a").error() == errc::algorithm_not_allowed);
    }
}
