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
result<jwk_set> given(std::string const& text)
{
    return parse_jwk_set_text(text, set_source::given);
}
result<jwk_set> foreign(std::string const& text)
{
    return parse_jwk_set_text(text, set_source::foreign);
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
        // whichever of repeated members a reader takes
        CHECK(is_condemned(rsa + R"(","e":"AQAB","d":"","d":"Aw"})"));
        CHECK(is_condemned(R"({"kty":"RSA","n":"AQ","n":")" + n + R"(","e":"AQAB","d":"Aw"})"));
        // an empty member counts as absent
        CHECK(!is_condemned(rsa + R"(","e":"AQAB","d":null,"kid":"x"})"));
        CHECK(!is_condemned(rsa + R"(","e":"AQAB","d":"","p":null,"kid":"x"})"));
        CHECK(!is_condemned(rsa + R"(","e":"AQAB","oth":[],"k":{},"kid":"x"})"));
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
            std::string(R"({"kty":"oct","kid":"s","k":"AAAA"})"), public_jwk(key_family::p256, "a"),
            R"({"kty":"new","kid":")" + std::string(200, 'n') + R"("})"
        );
        auto const set = foreign(text);
        REQUIRE(set.has_value());
        CHECK(set->keys.size() == 1);
        REQUIRE(set->left_out.size() == 4);
        CHECK(set->left_out[0].reason == left_out_reason::unusable);
        CHECK(set->left_out[0].kid.empty());
        CHECK(set->left_out[0].detail == "the key is not a JSON object");
        CHECK(set->left_out[1] == left_out_key{"s", "", left_out_reason::secret});
        CHECK(set->left_out[2].reason == left_out_reason::kid_repeated);
        CHECK(set->left_out[2].thumbprint == thumbprint(*samples::key_of(key_family::p256)));
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

    TEST_CASE("parse_jwk_set: a set is keyed by kid, kty, alg and use together")
    {
        auto const rsa = [](std::string_view more) {
            return public_jwk(key_family::rsa, "a", more);
        };
        // ForgeRock lists a key once for each alg; others have one kid for sig and enc
        auto const text = set_of(
            rsa(R"(,"alg":"RS256","use":"sig")"), rsa(R"(,"alg":"PS256","use":"sig")"),
            rsa(R"(,"alg":"RSA-OAEP-256","use":"enc")"), rsa(""), public_jwk(key_family::p256, "a")
        );
        for (auto const source : {set_source::own, set_source::given, set_source::foreign}) {
            auto const set = parse_jwk_set_text(text, source);
            REQUIRE(set.has_value());
            CHECK(set->keys.size() == 5);
            CHECK(set->left_out.empty());
        }
        auto const set = foreign(text);
        CHECK(set->keys[0].material == set->keys[1].material);
        CHECK(set->keys[0].material == set->keys[2].material);
    }

    TEST_CASE("parse_jwk_set: two keys with the same kid, kty, alg and use fail an own set")
    {
        auto const twice = [](std::string_view kid) {
            return set_of(public_jwk(key_family::p256, kid), public_jwk(key_family::p384, kid));
        };
        CHECK(own(twice("a")).error() == errc::key_invalid);
        CHECK(own(twice(""))->keys.size() == 2);
        // neither of them is preferred: a token that fits both is key_ambiguous
        CHECK(foreign(twice("a"))->keys.size() == 2);
    }

    TEST_CASE("parse_jwk_set: an entry that says nothing new is left out of a foreign or given set")
    {
        auto const one = public_jwk(key_family::rsa, "a", R"(,"alg":"RS256")");
        for (auto const source : {set_source::foreign, set_source::given}) {
            auto const set = parse_jwk_set_text(set_of(one, one), source);
            REQUIRE(set->keys.size() == 1);
            REQUIRE(set->left_out.size() == 1);
            CHECK(set->left_out[0].kid == "a");
            CHECK(set->left_out[0].reason == left_out_reason::kid_repeated);
        }
    }

    TEST_CASE("parse_jwk_set: a given set leaves out what it does not understand, and names it")
    {
        auto const text = set_of(
            std::string(R"({"kty":"new","kid":"n"})"), public_jwk(key_family::p256, "a"),
            std::string("7"), public_jwk(key_family::p384, "b", R"(,"use":"other")")
        );
        auto const set = given(text);
        REQUIRE(set.has_value());
        REQUIRE(set->keys.size() == 1);
        CHECK(set->keys[0].kid == "a");
        REQUIRE(set->left_out.size() == 3);
        CHECK(set->left_out[0].kid == "n");
        CHECK(set->left_out[0].detail == "kty is missing or not supported");
        CHECK(set->left_out[1].detail == "the key is not a JSON object");
        CHECK(set->left_out[2].detail == "use is neither sig nor enc");
        auto const nothing = given(set_of(std::string(R"({"kty":"new"})")));
        CHECK(nothing.error() == errc::key_invalid);
        CHECK(
            nothing.error().detail == "the set has no usable key: kty is missing or not supported"
        );
    }

    TEST_CASE("parse_jwk_set: secrets next to other keys are refused before anything is skipped")
    {
        auto const secret = private_jwk(key_family::secret, "s");
        for (auto const* other :
             {R"({"kty":"RSA"})", R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})",
              R"({"kty":"new"})", R"({"kty":"AKP","alg":"ML-DSA-999","pub":"AAAA"})"}) {
            CAPTURE(other);
            for (auto const& text :
                 {set_of(secret, std::string(other)), set_of(std::string(other), secret)}) {
                auto const set = given(text);
                REQUIRE(!set.has_value());
                CHECK(set.error().detail == "a set mixes secrets with public keys");
            }
            // a secret that cannot be read is one all the same
            CHECK(
                given(set_of(
                          std::string(R"({"kty":"OCT","k":7})"), std::string(other),
                          public_jwk(key_family::p256, "p")
                      ))
                    .error()
                == errc::key_invalid
            );
        }
        CHECK(given(set_of(secret, std::string("7"), std::string("{}")))->keys.size() == 1);
    }

    TEST_CASE("parse_jwk_set: a given set of counterparts is read as published, others exactly")
    {
        auto const text = set_of(public_jwk(key_family::p256, "a", R"(,"key_ops":[],"x5c":[])"));
        auto const document = json::document::parse(text);
        auto const role = [&](key_role as) {
            return parse_jwk_set(document->root(), set_source::given, as).has_value();
        };
        CHECK(role(key_role::counterpart));
        CHECK(!role(key_role::holder));
        CHECK(!own(text));
    }

    TEST_CASE("parse_jwk_set: public and private entries of one key stay what they are")
    {
        auto const set =
            given(set_of(public_jwk(key_family::p256, "a"), private_jwk(key_family::p256, "a")));
        REQUIRE(set->keys.size() == 2);
        CHECK(!set->keys[0].material->is_private());
        CHECK(set->keys[1].material->is_private());
    }

    TEST_CASE("parse_jwk_set: a foreign text may begin with a byte order mark, and repeat names")
    {
        auto const text = set_of(
            public_jwk(key_family::p256, "a", R"(,"own":1,"own":2)"),
            public_jwk(key_family::p384, "b", R"(,"crv":"P-384")")
        );
        auto const set = foreign("\xef\xbb\xbf" + text);
        REQUIRE(set.has_value());
        REQUIRE(set->keys.size() == 1);
        CHECK(set->keys[0].kid == "b");
        CHECK(set->left_out[0].detail == "a member appears twice with different values");
        CHECK(!own("\xef\xbb\xbf" + set_of(public_jwk(key_family::p256, "a"))));
        CHECK(!own(text));
        // which of two lists is meant, nobody knows
        CHECK(!foreign(R"({"keys":[],)" + text.substr(1)));
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
        CHECK(parse_jwk_set_text(many(129), set_source::foreign, 129)->keys.size() == 129);
        CHECK(parse_jwk_set_text(many(130), set_source::foreign, 129).error() == errc::key_invalid);
    }
}
