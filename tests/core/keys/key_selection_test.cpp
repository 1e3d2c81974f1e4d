#include "core/keys/jwk_write.hpp"
#include "core/keys/key_selection.hpp"
#include "tests/core/crypto/samples.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace core;

namespace {

jwk key_with(key_family family, std::string_view kid, std::string_view alg = "")
{
    jwk key;
    key.kid = kid;
    key.alg = alg;
    key.material = samples::key_of(family);
    return key;
}

/// A new P-256 key, not the sample.
jwk another(std::string_view kid)
{
    jwk key;
    key.kid = kid;
    key.material = crypto::generate(key_family::p256, 0).value();
    return key;
}

/// 1024 bits: it can be named, and no algorithm takes it.
crypto::key_ptr short_rsa()
{
    crypto::rsa_parts parts;
    parts.n = bytes(128, 0xa5);
    parts.e = {1, 0, 1};
    return crypto::import_rsa(std::move(parts)).value();
}

result<std::vector<jwk const*>> select(
    std::vector<jwk> const& keys, std::string_view alg, std::string_view kid,
    set_source source = set_source::own
)
{
    return select_verification_keys(keys, {find_signature_algorithm(alg), kid}, source);
}

/// A pool of key material that keys of random sets share.
std::vector<crypto::key_ptr> const& material()
{
    static auto const made = [] {
        std::vector<crypto::key_ptr> keys;
        for (auto const family :
             {key_family::p256, key_family::p256, key_family::p384, key_family::ed25519,
              key_family::secret})
            keys.push_back(crypto::generate(family, 0).value());
        keys.push_back(crypto::generate(key_family::rsa, 2048).value());
        // short for every RS*: its row refuses it
        keys.push_back(crypto::import_secret(secret_bytes(byte_view(bytes(8, 1)))).value());
        return keys;
    }();
    return made;
}

class random_set {
public:
    explicit random_set(std::uint32_t seed) : random_(seed) {}

    std::vector<jwk> make(std::size_t size, unsigned kinds_of_kid)
    {
        std::vector<jwk> keys;
        for (std::size_t i = 0; i < size; ++i) {
            jwk one;
            one.material = material()[below(material().size())];
            if (below(8) != 0)
                one.kid = "kid" + std::to_string(below(kinds_of_kid));
            one.kid_is_derived = !one.kid.empty() && below(10) == 0;
            if (below(3) == 0)
                one.alg = signature_algorithms[below(signature_algorithms.size())].name;
            one.use = below(6) == 0 ? key_use::enc : key_use::any;
            if (below(6) == 0)
                one.ops = static_cast<std::uint8_t>(below(256));
            keys.push_back(one);
        }
        return keys;
    }
    std::size_t below(std::size_t limit) { return random_() % limit; }

private:
    std::mt19937 random_;
};

}  // namespace

TEST_SUITE("core/keys/key_selection")
{
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
            key_with(key_family::p256, "a"), key_with(key_family::p384, "b"), another("c")};
        auto const all = select(keys, "ES256", "");
        CHECK(*all == std::vector<jwk const*>{&keys[0], &keys[2]});
        CHECK(select(keys, "ES256", "", set_source::foreign).error() == errc::key_ambiguous);
        CHECK(select(keys, "ES384", "", set_source::foreign)->size() == 1);
    }

    TEST_CASE("select_verification_keys: one key under several entries is one candidate")
    {
        std::vector<jwk> const keys{
            key_with(key_family::rsa, "a", "RS256"), key_with(key_family::rsa, "a", "RS512"),
            key_with(key_family::rsa, "a"), key_with(key_family::rsa, "b", "RS256")};
        for (auto const* alg : {"RS256", "RS512", "PS256"}) {
            CHECK(select(keys, alg, "a", set_source::foreign)->size() == 1);
            CHECK(select(keys, alg, "", set_source::foreign)->size() == 1);
            CHECK(select(keys, alg, "a")->size() == 1);
        }
        CHECK(*select(keys, "RS512", "a") == std::vector<jwk const*>{&keys[1]});
        CHECK(select(keys, "PS512", "b").error() == errc::algorithm_not_allowed);
    }

    TEST_CASE("select_verification_keys: a kid for signatures and encryption is the former's")
    {
        std::vector<jwk> keys{
            key_with(key_family::rsa, "a"), key_with(key_family::p256, "a"),
            key_with(key_family::p384, "a")};
        keys[0].use = key_use::enc;
        keys[1].use = key_use::sig;
        auto const chosen = select(keys, "ES256", "a", set_source::foreign);
        CHECK(*chosen == std::vector<jwk const*>{&keys[1]});
        CHECK(select(keys, "ES384", "a", set_source::foreign)->front() == &keys[2]);
        auto const refused = select(keys, "RS256", "a", set_source::foreign);
        CHECK(refused.error() == errc::algorithm_not_allowed);
    }

    TEST_CASE("select_verification_keys: two keys of one kid and alg are ambiguous in any order")
    {
        std::vector<jwk> keys{key_with(key_family::p256, "a"), another("a")};
        CHECK(select(keys, "ES256", "a", set_source::foreign).error() == errc::key_ambiguous);
        CHECK(select(keys, "ES256", "a")->size() == 2);
        std::swap(keys[0], keys[1]);
        CHECK(select(keys, "ES256", "a", set_source::foreign).error() == errc::key_ambiguous);
    }

    TEST_CASE("select_verification_keys: a key that is too short makes no other ambiguous")
    {
        std::vector<jwk> keys{key_with(key_family::rsa, ""), key_with(key_family::rsa, "")};
        keys[0].material = short_rsa();
        CHECK(*select(keys, "RS256", "", set_source::foreign) == std::vector<jwk const*>{&keys[1]});
        keys.pop_back();
        CHECK(select(keys, "RS256", "", set_source::foreign)->size() == 1);
    }

    TEST_CASE("select_verification_keys: at most 8 candidates")
    {
        std::vector<jwk> keys;
        for (int i = 0; i < 12; ++i)
            keys.push_back(another(std::to_string(i)));
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

    TEST_CASE("key_index: it answers as looking through all keys does")
    {
        random_set random(7);
        std::size_t found = 0, refused = 0;
        for (int round = 0; round < 120; ++round) {
            auto const kinds = static_cast<unsigned>(1 + random.below(60));
            auto const keys = random.make(key_index::keys_min + random.below(60), kinds);
            auto const source = std::array{set_source::foreign, set_source::own}[random.below(2)];
            key_index const index(keys, source);
            REQUIRE(!index.is_empty());
            auto const copy = keys;
            for (auto const& row : signature_algorithms) {
                for (unsigned kid = 0; kid <= kinds + 1; ++kid) {
                    auto const name = kid == 0 ? std::string() : "kid" + std::to_string(kid - 1);
                    key_query const query{&row, name};
                    auto const plain = select_verification_keys(keys, query, source);
                    auto const quick = index.select(keys, query);
                    auto const of_copy = index.select(copy, query);
                    REQUIRE(plain.has_value() == quick.has_value());
                    (plain ? found : refused) += 1;
                    if (plain) {
                        REQUIRE(*plain == *quick);
                        REQUIRE(of_copy->front() - copy.data() == plain->front() - keys.data());
                    } else {
                        REQUIRE(plain.error().code == quick.error().code);
                        REQUIRE(plain.error().detail == quick.error().detail);
                    }
                    REQUIRE(has_kid(keys, &index, name) == has_kid(keys, nullptr, name));
                }
            }
        }
        CHECK(found > 1'000);
        CHECK(refused > 1'000);
    }

    TEST_CASE("key_index: few keys have none, and are looked through")
    {
        random_set random(8);
        auto const keys = random.make(key_index::keys_min - 1, 4);
        key_index const index(keys, set_source::own);
        CHECK(index.is_empty());
        CHECK(has_kid(keys, &index, "kid1") == has_kid(keys, nullptr, "kid1"));
        auto const& row = *find_signature_algorithm("ES256");
        CHECK(
            select_verification_keys(keys, &index, {&row, "kid1"}, set_source::own).has_value()
            == select_verification_keys(keys, {&row, "kid1"}, set_source::own).has_value()
        );
        CHECK(key_index().is_empty());
        CHECK(!has_kid({}, nullptr, "a"));
    }
}
