#include "core/issuers/jwks_reading.hpp"
#include "core/keys/jwk_write.hpp"
#include "tests/core/issuers/published_sets.hpp"

using namespace core;
using published::jwk_text;
using published::set_of;

namespace {

jwks_reading read(std::string body, std::size_t keys_max = 128)
{
    return read_jwks(std::move(body), published::algorithms, keys_max, nullptr);
}

std::string private_text(key_family family)
{
    jwk key;
    key.kid = "private";
    key.material = samples::key_of(family);
    std::string text;
    append_private_jwk(text, key);
    return text;
}

own_keys ours(std::initializer_list<key_family> families)
{
    std::vector<ring_key> keys;
    for (auto const family : families) {
        auto& one = keys.emplace_back();
        one.key.kid = "ours";
        one.key.material = samples::key_of(family);
    }
    return own_keys(keys);
}

}  // namespace

TEST_SUITE("core/issuers/jwks_reading")
{
    TEST_CASE("read_jwks: a key that can verify -> usable")
    {
        auto const reading = read(set_of({"a", "b"}));
        CHECK(reading.worth == jwks_worth::usable);
        REQUIRE(reading.set);
        CHECK(reading.set->keys.size() == 2);
    }

    TEST_CASE("read_jwks: no keys at all -> empty, which is not foreign")
    {
        CHECK(read(R"({"keys":[]})").worth == jwks_worth::empty);
        CHECK(read(R"({"keys":[],"more":1})").worth == jwks_worth::empty);
    }

    TEST_CASE("read_jwks: anything but a set of keys -> foreign, and says why")
    {
        auto const x25519 = jwk_text(samples::key_of(key_family::x25519), "agreement");
        auto const p384 = jwk_text(samples::key_of(key_family::p384), "not on the list");
        for (auto const& body :
             {std::string(), std::string("<html>down for maintenance</html>"), std::string("{}"),
              std::string("[]"), std::string(R"({"keys":{}})"), std::string(R"({"keys":[1,{}]})"),
              std::string(R"({"keys":[)"), R"({"keys":[)" + x25519 + "]}",
              R"({"keys":[)" + p384 + "]}", std::string(R"({"keys":[],"keys":[]})")}) {
            CAPTURE(body);
            auto const reading = read(body);
            CHECK(reading.worth == jwks_worth::foreign);
            CHECK(!reading.set);
            CHECK(!reading.problem.empty());
        }
    }

    TEST_CASE("read_jwks: a malformed and an unknown key next to a good one -> only the good one")
    {
        auto const good = jwk_text(samples::key_of(key_family::p256), "good");
        auto const reading = read(
            R"({"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},{"kty":"XYZ"},)" + good + "]}"
        );
        REQUIRE(reading.set);
        CHECK(reading.set->keys.size() == 1);
        CHECK(reading.set->left_out.size() == 2);
    }

    TEST_CASE("read_jwks: secrets and private keys -> never taken; a set of only those is foreign")
    {
        auto const good = jwk_text(samples::key_of(key_family::rsa), "good");
        for (auto const family : {key_family::secret, key_family::p256, key_family::ed25519}) {
            auto const bad = private_text(family);
            auto const alone = read(R"({"keys":[)" + bad + "]}");
            CHECK(alone.worth == jwks_worth::foreign);
            CHECK(alone.left_out.size() == 1);
            auto const reading = read(R"({"keys":[)" + bad + "," + good + "]}");
            REQUIRE(reading.set);
            CHECK(reading.set->keys.size() == 1);
            CHECK(reading.set->keys.front().kid == "good");
            CHECK(reading.left_out == reading.set->left_out);
        }
    }

    TEST_CASE("read_jwks: the private half of a key in use, and no usable key -> condemned")
    {
        auto const used = read(set_of({"a"}));
        auto const again = [&](std::string const& body) {
            return read_jwks(body, published::algorithms, 128, used.set.get());
        };
        auto const leak = private_text(key_family::ed25519);
        auto const reading = again(R"({"keys":[)" + leak + "]}");
        CHECK(reading.worth == jwks_worth::condemned);
        CHECK(!reading.set);
        CHECK(!reading.problem.empty());
        REQUIRE(reading.left_out.size() == 1);
        CHECK(reading.left_out[0].kid == "private");
        CHECK(reading.left_out[0].reason == left_out_reason::private_half_published);
        CHECK(reading.left_out[0].thumbprint == thumbprint(*samples::key_of(key_family::ed25519)));
        // the private half of another key does not concern the keys in use
        auto const other = private_text(key_family::p256);
        CHECK(again(R"({"keys":[)" + other + "]}").worth == jwks_worth::foreign);
        // with a good key it is an ordinary new set
        auto const good = jwk_text(samples::key_of(key_family::p256), "good");
        auto const next = again(R"({"keys":[)" + good + "," + leak + "]}");
        CHECK(next.worth == jwks_worth::usable);
        CHECK(next.set->keys.size() == 1);
    }

    TEST_CASE(
        "read_jwks: only keys to encrypt to -> usable if somebody may, else foreign; sealing in "
        "place of a key that verifies"
    )
    {
        auto const seal = published::encryption_key_text(samples::key_of(key_family::p256), "seal");
        auto const body = R"({"keys":[)" + seal + "]}";
        auto const of = [](std::string const& text, jwk_set const* known, bool is_sealed_to) {
            return read_jwks(
                text, published::algorithms, 128, known, nullptr, nullptr,
                jwk_spelling::as_published, is_sealed_to
            );
        };
        auto const sealed = of(body, nullptr, true);
        CHECK(sealed.worth == jwks_worth::usable);
        CHECK(of(body, nullptr, false).worth == jwks_worth::foreign);
        CHECK(of(body, sealed.set.get(), true).worth == jwks_worth::usable);

        auto const verifying = read(set_of({"a"}));
        CHECK(of(body, verifying.set.get(), false).worth == jwks_worth::foreign);
        auto const instead = of(body, verifying.set.get(), true);
        CHECK(instead.worth == jwks_worth::sealing);
        CHECK(instead.set);
        CHECK(!instead.problem.empty());
        // a key whose private half is published is not used for another minute
        auto const leak = R"({"keys":[)" + seal + "," + private_text(key_family::ed25519) + "]}";
        CHECK(of(leak, verifying.set.get(), true).worth == jwks_worth::usable);
        CHECK(of(leak, verifying.set.get(), false).worth == jwks_worth::condemned);
    }

    TEST_CASE("read_jwks: an entry of another kty with a private member does not condemn a kid")
    {
        auto const good = jwk_text(samples::key_of(key_family::p256), "k");
        for (auto const* odd :
             {R"({"kty":"oct","kid":"k","k":"AAAA"})", R"({"kty":"DH","kid":"k","p":"AAAA"})",
              R"({"kty":"RSA","kid":"k","d":"AAAA"})"}) {
            CAPTURE(odd);
            auto const reading = read(R"({"keys":[)" + good + "," + odd + "]}");
            CHECK(reading.worth == jwks_worth::usable);
            CHECK(reading.set->keys.size() == 1);
        }
        for (auto const* own :
             {R"({"kty":"ec","kid":"k","d":"AAAA"})", R"({"kid":"k","d":"AAAA"})"}) {
            CAPTURE(own);
            CHECK(read(R"({"keys":[)" + good + "," + own + "]}").worth != jwks_worth::usable);
        }
    }

    TEST_CASE("read_jwks: a key of ours in the set -> left out and named; nothing else -> foreign")
    {
        auto const mine = jwk_text(samples::key_of(key_family::p256), "theirs");
        auto const good = jwk_text(samples::key_of(key_family::ed25519), "good");
        auto const own = ours({key_family::p256, key_family::secret});
        auto const read_beside = [&](std::string const& keys) {
            return read_jwks(
                R"({"keys":[)" + keys + "]}", published::algorithms, 128, nullptr, &own
            );
        };
        auto const reading = read_beside(mine + "," + good);
        REQUIRE(reading.set);
        CHECK(reading.set->keys.size() == 1);
        CHECK(reading.set->keys.front().kid == "good");
        REQUIRE(reading.left_out.size() == 1);
        CHECK(reading.left_out[0].kid == "theirs");
        CHECK(reading.left_out[0].reason == left_out_reason::own_key);
        CHECK(read_beside(mine).worth == jwks_worth::foreign);
        CHECK(read_beside(mine).problem == "every usable key of the set is one of our own");
        CHECK(read_beside(good).left_out.empty());
    }

    TEST_CASE("read_jwks: a key whose private half was published once -> left out from then on")
    {
        auto const leak = private_text(key_family::ed25519);
        auto const clean = jwk_text(samples::key_of(key_family::ed25519), "clean");
        auto const good = jwk_text(samples::key_of(key_family::p256), "good");
        leaked_keys leaked;
        auto const read_next = [&](std::string const& keys) {
            return read_jwks(
                R"({"keys":[)" + keys + "]}", published::algorithms, 128, nullptr, nullptr, &leaked
            );
        };
        CHECK(read_next(clean + "," + good).set->keys.size() == 2);
        CHECK(read_next(leak + "," + good).set->keys.size() == 1);
        auto const later = read_next(clean + "," + good);
        REQUIRE(later.set);
        REQUIRE(later.set->keys.size() == 1);
        CHECK(later.set->keys[0].kid == "good");
        REQUIRE(later.left_out.size() == 1);
        CHECK(later.left_out[0].kid == "clean");
        CHECK(later.left_out[0].reason == left_out_reason::private_half_published);
        CHECK(read_next(clean).worth == jwks_worth::foreign);
    }

    TEST_CASE("read_jwks: a set spelled as its publisher does -> usable")
    {
        auto const ec = jwk_text(samples::key_of(key_family::p256), "ec");
        auto const rsa = jwk_text(samples::key_of(key_family::rsa), "rsa");
        auto const with = [](std::string text, std::string_view more) {
            text.pop_back();
            return text + std::string(more) + "}";
        };
        for (auto const& body :
             {"\xef\xbb\xbf{\"keys\":[" + ec + "]}",
              R"({"keys":[)" + with(rsa, R"(,"key_ops":[],"oth":[],"x5c":[])") + "]}",
              R"({"more":1,"more":2,"keys":[)" + with(ec, R"(,"x5t":1,"x5t":2)") + "," + rsa + "]}",
              R"({"keys":[null,7,"text",[],)" + ec + "]}",
              R"({"keys":[)" + with(ec, R"(,"alg":null,"use":"","d":null,"k":"")") + "]}"}) {
            CAPTURE(body);
            auto const reading = read(body);
            CHECK(reading.worth == jwks_worth::usable);
            REQUIRE(reading.set);
            CHECK(reading.set->keys.size() == 1);
            for (auto const& one : reading.left_out)
                CHECK(!one.detail.empty());
        }
    }

    TEST_CASE("read_jwks: the entries in another order -> the set in use, in its order")
    {
        auto const a = jwk_text(samples::key_of(key_family::p256), "a");
        auto const b = jwk_text(samples::key_of(key_family::ed25519), "b");
        std::string const odd = R"({"kty":"new","kid":"o"})", odder = R"({"kty":"newer"})";
        auto const set = [](std::initializer_list<std::string> entries) {
            std::string text = R"({"keys":[)";
            for (auto const& one : entries)
                text += one + ",";
            text.back() = ']';
            return text + "}";
        };
        auto const first = read(set({a, odd, b, odder}));
        auto const next = [&](std::string const& body) {
            return read_jwks(body, published::algorithms, 128, first.set.get());
        };
        auto const same = next(set({odder, b, odd, a}));
        REQUIRE(same.set);
        CHECK(same.set->keys[0].kid == "a");
        CHECK(same.left_out == first.left_out);
        CHECK(next(set({odder, b, a})).set->keys[0].kid == "b");
        CHECK(next(set({odd, b, odder, b, a})).left_out.size() == 3);
    }

    TEST_CASE("read_jwks: a key of the set in use under a new kid or alg -> keeps its material")
    {
        auto const first = read(set_of({"a"}));
        auto const next = read_jwks(set_of({"b"}), published::algorithms, 128, first.set.get());
        CHECK(next.set->keys[0].kid == "b");
        CHECK(next.set->keys[0].material == first.set->keys[0].material);
    }

    TEST_CASE("read_jwks: as many keys as the limit -> usable; one more -> foreign")
    {
        CHECK(read(set_of({"a", "b"}), 2).worth == jwks_worth::usable);
        CHECK(read(set_of({"a", "b", "c"}), 2).worth == jwks_worth::foreign);
    }

    TEST_CASE("read_jwks: a key that is in use already -> keeps its material")
    {
        auto const first = read(set_of({"a"}));
        auto const body = R"({"keys":[)" + jwk_text(samples::key_of(key_family::ed25519), "a") + ","
            + jwk_text(samples::key_of(key_family::p256), "b") + "]}";
        auto const next = read_jwks(body, published::algorithms, 128, first.set.get());
        REQUIRE(next.set);
        CHECK(next.set->keys[0].material == first.set->keys[0].material);
        CHECK(next.set->keys[1].material != first.set->keys[0].material);
    }

    TEST_CASE("read_jwks: one of many keys has changed -> the others are the same objects")
    {
        std::vector<std::string> texts;
        for (int i = 0; i < 40; ++i) {
            auto const key = crypto::generate(key_family::p256, 0).value();
            texts.push_back(jwk_text(key, "k" + std::to_string(i)));
        }
        auto const body_of = [](std::vector<std::string> const& entries) {
            std::string text = R"({"keys":[)";
            for (auto const& entry : entries)
                text += entry + ",";
            text.back() = ']';
            return text + "}";
        };
        auto const first = read(body_of(texts));
        texts[7] = jwk_text(crypto::generate(key_family::p256, 0).value(), "k7");
        // written in another way, and under another name
        texts[8].insert(1, " ");
        texts[9].replace(texts[9].find("k9"), 2, "kx");
        auto const next = read_jwks(body_of(texts), published::algorithms, 128, first.set.get());
        REQUIRE(next.set);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            CAPTURE(i);
            bool const is_same = next.set->keys[i].material == first.set->keys[i].material;
            CHECK(is_same == (i != 7));
        }
        CHECK(next.set->keys[9].kid == "kx");
        CHECK(!next.set->index.is_empty());
        CHECK(next.set->has_kid("kx"));
        CHECK(!next.set->has_kid("k9"));
    }

    TEST_CASE(
        "read_jwks: a known entry whose private half is published now -> left out all the same"
    )
    {
        auto const good = jwk_text(samples::key_of(key_family::p256), "a");
        auto const other = jwk_text(samples::key_of(key_family::ed25519), "b");
        auto const first = read(R"({"keys":[)" + good + "," + other + "]}");
        auto const body =
            R"({"keys":[)" + good + "," + other + "," + private_text(key_family::p256) + "]}";
        auto const next = read_jwks(body, published::algorithms, 128, first.set.get());
        REQUIRE(next.set);
        CHECK(next.set->keys.size() == 1);
        CHECK(next.set->keys[0].kid == "b");
        CHECK(next.left_out.size() == 2);
    }

    TEST_CASE("read_jwks: a set of 5,000 keys where the limit allows it -> usable")
    {
        std::vector<std::string> kids;
        for (int i = 0; i < 5'000; ++i)
            kids.push_back(std::to_string(i));
        CHECK(read(set_of(kids), 4'999).worth == jwks_worth::foreign);
        auto const reading = read(set_of(kids), 5'000);
        REQUIRE(reading.set);
        CHECK(reading.set->keys.size() == 5'000);
    }

    TEST_CASE("read_jwks: a bundle -> its keys of JWT-SVIDs only, and its refresh hint")
    {
        auto const with_use = [](std::string_view kid, std::string_view use) {
            auto text = jwk_text(samples::key_of(key_family::ed25519), kid);
            return text.insert(1, R"("use":")" + std::string(use) + R"(",)");
        };
        auto const bundle = [](std::string const& keys, std::string_view hint) {
            return read_jwks(
                R"({"keys":[)" + keys + R"(],"spiffe_refresh_hint":)" + std::string(hint) + "}",
                published::algorithms, 128, nullptr, nullptr, nullptr, jwk_spelling::in_bundle
            );
        };
        auto const all = with_use("tls", "x509-svid") + "," + with_use("svid", "jwt-svid") + ","
            + with_use("sig", "sig") + "," + jwk_text(samples::key_of(key_family::p256), "none");
        auto const reading = bundle(all, "600");
        REQUIRE(reading.set);
        REQUIRE(reading.set->keys.size() == 1);
        CHECK(reading.set->keys[0].kid == "svid");
        CHECK(reading.set->keys[0].use == key_use::sig);
        CHECK(reading.set->refresh_hint == std::chrono::seconds(600));
        REQUIRE(reading.left_out.size() == 2);
        CHECK(reading.left_out[0].kid == "sig");
        CHECK(reading.left_out[1].detail == "use is not jwt-svid");
        for (auto const* hint : {"0", "-5", "\"600\"", "null", "0.5"})
            CHECK(!bundle(all, hint).set->refresh_hint);
        CHECK(bundle(all, "1e300").set->refresh_hint == std::chrono::hours(366 * 24));
        CHECK(bundle(with_use("tls", "x509-svid"), "600").worth == jwks_worth::foreign);
        CHECK(
            read(R"({"keys":[)" + with_use("svid", "jwt-svid") + "]}").worth == jwks_worth::foreign
        );
        CHECK(!read(R"({"spiffe_refresh_hint":9,)" + set_of({"a"}).substr(1)).set->refresh_hint);
    }

    TEST_CASE("read_jwks: the issuer of a key is kept, and another one makes another set")
    {
        auto const bound_to = [](std::string_view issuer) {
            auto text = jwk_text(samples::key_of(key_family::ed25519), "a");
            text.insert(1, R"("issuer":)" + std::string(issuer) + ",");
            return R"({"keys":[)" + text + "]}";
        };
        auto const first = read(bound_to(R"("urn:a")"));
        REQUIRE(first.set);
        CHECK(first.set->keys[0].issuer == "urn:a");
        auto const again =
            read_jwks(bound_to(R"("urn:a")"), published::algorithms, 128, first.set.get());
        CHECK(again.set->keys[0].issuer == "urn:a");
        auto const next =
            read_jwks(bound_to(R"("urn:b")"), published::algorithms, 128, first.set.get());
        CHECK(next.set->keys[0].issuer == "urn:b");
        CHECK(next.set->keys[0].material == first.set->keys[0].material);
        CHECK(read(bound_to("null")).set->keys[0].issuer.empty());
        CHECK(read(bound_to("7")).worth == jwks_worth::foreign);
        CHECK(read(bound_to(R"(["urn:a"])")).left_out.at(0).detail == "issuer is not a string");
    }
}
