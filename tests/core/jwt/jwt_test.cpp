#include "core/base/base64url.hpp"
#include "core/jws/make_jws.hpp"
#include "core/jws/serialization.hpp"
#include "core/jwt/jwt.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

constexpr instant now{std::chrono::seconds{1'000'000}};

jwk key_of(key_family family, std::string kid, std::string alg)
{
    auto made = crypto::generate(family, family == key_family::secret ? 512 : 0);
    REQUIRE(made.has_value());
    jwk key;
    key.kid = std::move(kid);
    key.alg = std::move(alg);
    key.material = *made;
    return key;
}

std::string sign(jwk const& key, std::string const& header, std::string_view payload)
{
    auto const doc = json::document::parse(header);
    auto const* row = find_signature_algorithm(doc->root().find("alg")->string());
    auto signer = crypto::make_signer(key.material, *row);
    REQUIRE(signer.has_value());
    auto token =
        make_jws({{header, signer->get()}}, as_bytes(payload), serialization::compact, true, false);
    REQUIRE(token.has_value());
    return *token;
}

/// A policy for a few issuers that owns what it points to.
struct setup {
    std::vector<std::vector<jwk>> keys;
    std::vector<trusted_issuer> issuers;
    std::vector<std::string> algorithms;
    claims_policy claims;
    verify_policy policy;

    setup() { claims.any_typ = true; }

    setup& trust(std::string_view iss, std::vector<jwk> of, set_source source = set_source::own)
    {
        keys.reserve(8);
        keys.push_back(std::move(of));
        trusted_issuer one;
        one.issuer = iss;
        one.keys = keys.back();
        one.source = source;
        issuers.push_back(one);
        return *this;
    }
    result<verified_token> verify(std::string_view token)
    {
        policy.issuers = issuers;
        policy.algorithms = algorithms;
        policy.claims = &claims;
        crypto::operation_cache kept;
        return core::verify(token, policy, now, &kept);
    }
    errc refusal(std::string_view token)
    {
        auto const outcome = verify(token);
        REQUIRE(!outcome.has_value());
        return outcome.error().code;
    }
};

constexpr auto claims_a = R"({"iss":"a","exp":1000010})";
constexpr auto claims_b = R"({"iss":"b","exp":1000010})";

}  // namespace

TEST_SUITE("core/jwt/jwt")
{
    TEST_CASE("verify: a good token gives back the bytes that were signed")
    {
        auto const key = key_of(key_family::p256, "k1", "ES256");
        auto const payload =
            R"({ "iss":"a", "exp":1000010, "n":1.0e9, "big":123456789012345678901234567890 })";
        auto const token = sign(key, R"({ "alg":"ES256", "kid":"k1" })", payload);
        setup with;
        with.trust("a", {key});
        auto const verified = with.verify(token);
        REQUIRE(verified.has_value());
        CHECK(verified->payload() == payload);
        CHECK(verified->header() == R"({ "alg":"ES256", "kid":"k1" })");
        CHECK(verified->kid() == "k1");
        CHECK(verified->algorithm().name == "ES256");
    }

    TEST_CASE("verify: a changed payload, header or signature is signature_invalid")
    {
        auto const key = key_of(key_family::ed25519, "k1", "EdDSA");
        auto token = sign(key, R"({"alg":"EdDSA","kid":"k1"})", claims_a);
        setup with;
        with.trust("a", {key});
        REQUIRE(with.verify(token).has_value());
        auto const other = base64url_encode(as_bytes(R"({"iss":"a","exp":1000011})"));
        auto const first = token.find('.'), last = token.rfind('.');
        CHECK(
            with.refusal(token.substr(0, first + 1) + other + token.substr(last))
            == errc::signature_invalid
        );
        CHECK(with.refusal(token.substr(0, last + 1)) == errc::signature_invalid);
        auto const header = base64url_encode(as_bytes(R"({"alg":"EdDSA","kid":"k1" })"));
        CHECK(with.refusal(header + token.substr(first)) == errc::signature_invalid);
    }

    TEST_CASE("verify: a public key is never an HMAC secret, whatever the header says")
    {
        auto const rsa = key_of(key_family::rsa, "k1", "");
        auto const secret = key_of(key_family::secret, "k1", "HS256");
        auto const token = sign(secret, R"({"alg":"HS256","kid":"k1"})", claims_a);
        setup with;
        with.trust("a", {rsa});
        CHECK(with.refusal(token) == errc::algorithm_not_allowed);
    }

    TEST_CASE("verify: the key's own alg binds")
    {
        auto const key = key_of(key_family::rsa, "k1", "PS256");
        auto const token = sign(key, R"({"alg":"RS256","kid":"k1"})", claims_a);
        setup with;
        with.trust("a", {key});
        CHECK(with.refusal(token) == errc::algorithm_not_allowed);
    }

    TEST_CASE("verify: an algorithm off the list is refused before any key is looked at")
    {
        auto const key = key_of(key_family::p256, "k1", "ES256");
        setup with;
        with.trust("a", {key});
        with.algorithms = {"RS256"};
        CHECK(
            with.refusal(sign(key, R"({"alg":"ES256"})", claims_a)) == errc::algorithm_not_allowed
        );
    }

    TEST_CASE("verify: at_hash and c_hash go by the curve of the key, under EdDSA and Ed448")
    {
        auto const key = key_of(key_family::ed448, "k1", "EdDSA");
        setup with;
        with.trust("a", {key});
        with.algorithms = {"EdDSA"};
        with.claims.access_token = with.claims.code = "t0ken";
        auto const outcome = [&](std::string const& alg, std::string const& half) {
            auto const token = sign(
                key, R"({"alg":")" + alg + R"(","kid":"k1"})",
                R"({"iss":"a","exp":1000010,"at_hash":")" + half + R"(","c_hash":")" + half + "\"}"
            );
            auto const verified = with.verify(token);
            return std::string(verified ? "ok" : to_string(verified.error().code));
        };
        // by another implementation of SHAKE256: 57 of 114 octets
        std::string const by_shake =
            "-6jLhtyuksSquu8y-LrIx7KmJFw9FTEAF1AKSHXkQnbfKjD1g1bZbOc0eLKBKeVjE3Ex8atuPbfW";
        std::string const by_sha512 = "lkyvr0xWYtvQ-CNQ5kbuISoFDvY_ngpezzkqIIHe9c4";
        CHECK(outcome("EdDSA", by_shake) == "ok");
        CHECK(outcome("Ed448", by_shake) == "ok");
        CHECK(outcome("EdDSA", by_sha512) == "token_hash_mismatch");
        CHECK(outcome("Ed448", by_sha512) == "token_hash_mismatch");
    }

    TEST_CASE("verify: EdDSA on a list admits Ed25519, and Ed25519 admits EdDSA of that curve only")
    {
        auto const ed25519 = key_of(key_family::ed25519, "k1", "");
        auto const ed448 = key_of(key_family::ed448, "k2", "");
        setup with;
        with.trust("a", {ed25519, ed448});
        with.algorithms = {"EdDSA"};
        CHECK(with.verify(sign(ed25519, R"({"alg":"Ed25519","kid":"k1"})", claims_a)).has_value());
        CHECK(with.verify(sign(ed448, R"({"alg":"EdDSA","kid":"k2"})", claims_a)).has_value());
        with.algorithms = {"Ed25519"};
        CHECK(with.verify(sign(ed25519, R"({"alg":"EdDSA","kid":"k1"})", claims_a)).has_value());
        CHECK(
            with.refusal(sign(ed448, R"({"alg":"EdDSA","kid":"k2"})", claims_a))
            == errc::algorithm_not_allowed
        );
    }

    TEST_CASE("verify: iss selects among several issuers, and their keys never mix")
    {
        auto const a = key_of(key_family::p256, "k", "ES256");
        auto const b = key_of(key_family::p256, "k", "ES256");
        setup with;
        with.trust("a", {a}).trust("b", {b});
        auto const header = R"({"alg":"ES256","kid":"k"})";
        CHECK(with.verify(sign(a, header, claims_a)).has_value());
        CHECK(with.verify(sign(b, header, claims_b))->issuer() == 1);
        CHECK(with.refusal(sign(b, header, claims_a)) == errc::signature_invalid);
        CHECK(
            with.refusal(sign(a, header, R"({"iss":"c","exp":1000010})")) == errc::issuer_mismatch
        );
        CHECK(with.refusal(sign(a, header, R"({"exp":1000010})")) == errc::claim_missing);
        CHECK(
            with.refusal(sign(a, header, R"({"iss":["a"],"exp":1000010})")) == errc::issuer_mismatch
        );
    }

    TEST_CASE("verify: with one issuer the signed iss must still be that issuer's, byte for byte")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        setup with;
        with.trust("a", {key});
        CHECK(with.refusal(sign(key, R"({"alg":"ES256"})", claims_b)) == errc::issuer_mismatch);
        CHECK(
            with.refusal(sign(key, R"({"alg":"ES256"})", R"({"exp":1000010})"))
            == errc::issuer_mismatch
        );
        with.claims.checks.iss = false;
        CHECK(with.refusal(sign(key, R"({"alg":"ES256"})", claims_b)) == errc::issuer_mismatch);
    }

    TEST_CASE("verify: an unknown kid among usable keys is key_not_found, no keys at all is "
              "keys_unavailable")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        auto const token = sign(key, R"({"alg":"ES256","kid":"other"})", claims_a);
        setup with;
        with.trust("a", {key});
        CHECK(with.refusal(token) == errc::key_not_found);
        setup without;
        without.trust("a", {});
        CHECK(without.refusal(token) == errc::keys_unavailable);
        auto const absurd =
            sign(key, R"({"alg":"ES256","kid":")" + std::string(300, 'k') + "\"}", claims_a);
        CHECK(with.refusal(absurd) == errc::key_not_found);
    }

    TEST_CASE("verify: own keys without a kid are tried in order, a foreign set that leaves "
              "several is ambiguous")
    {
        auto const one = key_of(key_family::p256, "k1", "ES256");
        auto const two = key_of(key_family::p256, "k2", "ES256");
        auto const token = sign(two, R"({"alg":"ES256"})", claims_a);
        setup own;
        own.trust("a", {one, two});
        CHECK(own.verify(token)->kid() == "k2");
        setup foreign;
        foreign.trust("a", {one, two}, set_source::foreign);
        CHECK(foreign.refusal(token) == errc::key_ambiguous);
    }

    TEST_CASE("verify: no claim code comes before a good signature")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        auto const stranger = key_of(key_family::p256, "k", "ES256");
        setup with;
        with.trust("a", {key});
        CHECK(
            with.refusal(sign(stranger, R"({"alg":"ES256"})", R"({"iss":"a","exp":1})"))
            == errc::signature_invalid
        );
        CHECK(
            with.refusal(sign(key, R"({"alg":"ES256"})", R"({"iss":"a","exp":1})"))
            == errc::token_expired
        );
    }

    TEST_CASE(
        "verify: a JWT payload that is no JSON object is token_malformed; a JWS may hold anything"
    )
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        setup with;
        with.trust("", {key});
        for (auto const* payload : {"", "[]", "x", "{\"a\":1,\"a\":2}", "{\"exp\":1e400}"})
            CHECK(with.refusal(sign(key, R"({"alg":"ES256"})", payload)) == errc::token_malformed);
        with.policy.mode = token_mode::jws;
        CHECK(with.verify(sign(key, R"({"alg":"ES256"})", "x"))->payload() == "x");
    }

    TEST_CASE("verify: b64 has no place in a JWT")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        auto signer = crypto::make_signer(key.material, *find_signature_algorithm("ES256"));
        auto const token = make_jws(
            {{R"({"alg":"ES256","b64":false,"crit":["b64"]})", signer->get()}}, as_bytes(claims_a),
            serialization::compact, false, false
        );
        REQUIRE(token.has_value());
        setup with;
        with.trust("a", {key});
        CHECK(with.refusal(*token) == errc::header_invalid);
    }

    TEST_CASE("verify: detached content is what the signature covers")
    {
        auto const key = key_of(key_family::ed25519, "k", "EdDSA");
        auto signer = crypto::make_signer(key.material, *find_signature_algorithm("EdDSA"));
        setup with;
        with.trust("", {key});
        with.policy.mode = token_mode::jws;
        for (bool const b64 : {true, false}) {
            auto const* header =
                b64 ? R"({"alg":"EdDSA"})" : R"({"alg":"EdDSA","b64":false,"crit":["b64"]})";
            auto const token = make_jws(
                {{header, signer->get()}}, as_bytes("a.b"), serialization::compact, b64, true
            );
            with.policy.detached = "a.b";
            CHECK(with.verify(*token)->payload() == "a.b");
            with.policy.detached = "a.c";
            CHECK(with.refusal(*token) == errc::signature_invalid);
            with.policy.detached.reset();
            CHECK(with.refusal(*token) == errc::signature_invalid);
        }
    }

    TEST_CASE(
        "verify_json: one signature with a key is enough, and every one with a key must verify"
    )
    {
        auto const a = key_of(key_family::p256, "a", "ES256");
        auto const b = key_of(key_family::ed25519, "b", "EdDSA");
        auto sign_a = crypto::make_signer(a.material, *find_signature_algorithm("ES256"));
        auto sign_b = crypto::make_signer(b.material, *find_signature_algorithm("EdDSA"));
        auto const general = make_jws(
            {{R"({"alg":"ES256","kid":"a"})", sign_a->get()},
             {R"({"alg":"EdDSA","kid":"b"})", sign_b->get()}},
            as_bytes("hello"), serialization::general, true, false
        );
        REQUIRE(general.has_value());
        auto const run = [](std::string const& text, std::vector<jwk> keys) {
            auto const doc = json::document::parse(text);
            setup with;
            with.trust("", std::move(keys));
            with.policy.mode = token_mode::jws;
            with.policy.issuers = with.issuers;
            return verify_json(doc->root(), with.policy, now, nullptr);
        };
        CHECK(run(*general, {a, b})->signature_index() == 0);
        CHECK(run(*general, {b})->signature_index() == 1);
        auto const stranger = key_of(key_family::secret, "c", "HS256");
        CHECK(!run(*general, {stranger}).has_value());
        auto const impostor = key_of(key_family::p256, "a", "ES256");
        CHECK(run(*general, {impostor, b}).error() == errc::signature_invalid);
    }

    TEST_CASE("verify: in mode jws typ is checked, behind a good signature, and claims are not")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        setup with;
        with.trust("", {key});
        with.policy.mode = token_mode::jws;
        with.claims.any_typ = false;
        with.claims.typ = {"receipt"};
        with.claims.required = {"x"};
        auto const receipt = sign(key, R"({"alg":"ES256","typ":"application/Receipt"})", "{}");
        CHECK(with.verify(receipt)->payload() == "{}");
        auto const jwt = sign(key, R"({"alg":"ES256","typ":"JWT"})", R"({"exp":1})");
        CHECK(with.verify(jwt).error().code == errc::type_mismatch);
        CHECK(with.verify(jwt).error().claim == "typ");
        auto const bare = sign(key, R"({"alg":"ES256"})", "{}");
        CHECK(with.verify(bare).error().reason == fault::missing);
        CHECK(with.refusal(bare.substr(0, bare.rfind('.') + 1)) == errc::signature_invalid);
        with.claims.typ = {"none"};
        CHECK(with.verify(bare).has_value());
        CHECK(with.refusal(receipt) == errc::type_mismatch);
    }

    TEST_CASE("verify_json: every signature that verifies must have an admitted typ")
    {
        auto const a = key_of(key_family::p256, "a", "ES256");
        auto const b = key_of(key_family::ed25519, "b", "EdDSA");
        auto sign_a = crypto::make_signer(a.material, *find_signature_algorithm("ES256"));
        auto sign_b = crypto::make_signer(b.material, *find_signature_algorithm("EdDSA"));
        auto const general = make_jws(
            {{R"({"alg":"ES256","kid":"a","typ":"receipt"})", sign_a->get()},
             {R"({"alg":"EdDSA","kid":"b","typ":"JWT"})", sign_b->get()}},
            as_bytes("hello"), serialization::general, true, false
        );
        REQUIRE(general.has_value());
        auto const run = [&](std::vector<jwk> keys) {
            auto const doc = json::document::parse(*general);
            setup with;
            with.trust("", std::move(keys));
            with.claims.any_typ = false;
            with.claims.typ = {"receipt"};
            with.policy.mode = token_mode::jws;
            with.policy.issuers = with.issuers;
            with.policy.claims = &with.claims;
            return verify_json(doc->root(), with.policy, now, nullptr);
        };
        CHECK(run({a})->signature_index() == 0);
        CHECK(run({b}).error() == errc::type_mismatch);
        CHECK(run({a, b}).error() == errc::type_mismatch);
    }

    TEST_CASE("verify: a foreign set without the kid, or no set -> the trace says what is lacking")
    {
        auto const key = key_of(key_family::p256, "known", "ES256");
        auto const lack = [&](std::string const& kid, std::string const& claims, set_source source,
                              bool has_set = true) {
            setup with;
            with.trust("i", has_set ? std::vector{key} : std::vector<jwk>{}, source);
            with.policy.issuers = with.issuers;
            with.policy.claims = &with.claims;
            verify_trace trace;
            auto const token = sign(key, R"({"alg":"ES256","kid":")" + kid + "\"}", claims);
            CHECK(!verify(token, with.policy, now, nullptr, &trace));
            bool const lacks_key = trace.miss == key_miss::set || trace.miss == key_miss::kid;
            CHECK((trace.miss == key_miss::set) == (lacks_key && trace.kid.empty()));
            return lacks_key ? "lacks " + trace.kid : std::string("-");
        };
        auto const own = set_source::own, foreign = set_source::foreign;
        CHECK(lack("new", R"({"iss":"i"})", foreign) == "lacks new");
        CHECK(lack("new", R"({"iss":"i","exp":1000001})", foreign) == "lacks new");
        CHECK(lack("new", R"({"iss":"i","exp":999700})", foreign) == "lacks new");
        CHECK(lack("new", R"({"iss":"i","exp":999699})", foreign) == "-");
        CHECK(lack("new", R"({"iss":"i"})", own) == "-");
        CHECK(lack("known", R"({"iss":"other"})", foreign) == "-");
        CHECK(lack(std::string(257, 'k'), R"({"iss":"i"})", foreign) == "-");
        CHECK(lack("new", R"({"iss":"i"})", foreign, false) == "lacks ");
        CHECK(lack("new", R"({"iss":"i","exp":999699})", foreign, false) == "-");
    }

    TEST_CASE("verify: the trace has the kid of a refused token only where it names its issuer")
    {
        auto const key = key_of(key_family::p256, "known", "ES256");
        auto const kid_of = [&](std::string const& kid, std::string const& claims) {
            setup with;
            with.trust("i", std::vector{key}, set_source::foreign);
            with.policy.issuers = with.issuers;
            with.policy.claims = &with.claims;
            verify_trace trace;
            auto const token = sign(key, R"({"alg":"ES256","kid":")" + kid + "\"}", claims);
            bool const is_good = verify(token, with.policy, now, nullptr, &trace).has_value();
            return (is_good ? "good " : "") + trace.named_kid;
        };
        CHECK(kid_of("new", R"({"iss":"i"})") == "new");
        CHECK(kid_of("known", R"({"iss":"i","exp":1})") == "known");
        CHECK(kid_of("new", R"({"iss":"other"})").empty());
        CHECK(kid_of("new", "{}").empty());
        CHECK(kid_of(std::string(1000, 'k'), R"({"iss":"i"})").size() == kid_size_max);
        CHECK(kid_of("known", R"({"iss":"i","exp":2000000})") == "good ");
    }

    TEST_CASE(
        "verify: a foreign set does not verify a token that could be good -> the trace says so"
    )
    {
        auto const misses = [](std::string const& header, std::string const& claims,
                               std::vector<jwk> set, set_source source = set_source::foreign) {
            setup with;
            with.trust("i", std::move(set), source);
            with.policy.issuers = with.issuers;
            with.claims.leeway = std::chrono::seconds(30);
            with.policy.claims = &with.claims;
            verify_trace trace;
            jwk signer;
            signer.material = crypto::generate(key_family::p256, 256).value();
            auto const token = sign(signer, header, claims);
            CHECK(!verify(token, with.policy, now, nullptr, &trace));
            CHECK((trace.signature != 0) == (trace.miss == key_miss::signature));
            return trace.miss == key_miss::signature;
        };
        auto const key = key_of(key_family::p256, "k", "ES256");
        auto const rsa = key_of(key_family::rsa, "k", "RS256");
        std::string const good = R"({"iss":"i","exp":1000010})";
        std::string const named = R"({"alg":"ES256","kid":"k"})", bare = R"({"alg":"ES256"})";
        CHECK(misses(named, good, {key}));
        CHECK(misses(bare, good, {key}));
        SUBCASE("a key that has no kid is any key")
        {
            auto derived = key;
            derived.kid_is_derived = true;
            CHECK(misses(R"({"alg":"ES256","kid":"other"})", good, {derived}));
        }
        SUBCASE("a key whose algorithm changed, with its kid and without")
        {
            CHECK(misses(named, good, {rsa}));
            CHECK(misses(bare, good, {rsa}));
            auto for_encryption = key;
            for_encryption.use = key_use::enc;
            CHECK(misses(named, good, {for_encryption}));
        }
        SUBCASE("a kid that the set lacks, several keys, and our own keys are something else")
        {
            CHECK(!misses(R"({"alg":"ES256","kid":"other"})", good, {key}));
            CHECK(!misses(bare, good, {key, key_of(key_family::p256, "k2", "ES256")}));
            CHECK(!misses(named, good, {key}, set_source::own));
        }
        SUBCASE("a token that could not be good in any case")
        {
            for (auto const* claims :
                 {R"({"iss":"other","exp":1000010})", R"({"exp":1000010})", R"({"iss":"i"})",
                  R"({"iss":"i","exp":999970})", R"({"iss":"i","exp":"1000010"})",
                  R"({"iss":"i","exp":1000010,"nbf":1000031})",
                  R"({"iss":"i","exp":1000010,"nbf":"1"})"})
                CHECK_MESSAGE(!misses(named, claims, {key}), claims);
        }
        SUBCASE("within the leeway it could be good")
        {
            CHECK(misses(named, R"({"iss":"i","exp":999971})", {key}));
            CHECK(misses(named, R"({"iss":"i","exp":1000010,"nbf":1000030})", {key}));
        }
    }

    TEST_CASE("verify: work that was not done is no bad signature, and newer keys would not help")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        auto const token =
            sign(key, R"({"alg":"ES256","kid":"k"})", R"({"iss":"i","exp":1000010})");
        for (auto const amount : {std::chrono::microseconds(0), std::chrono::microseconds(50)}) {
            setup with;
            with.trust("i", {key}, set_source::foreign);
            work_budget budget(amount, {});
            with.policy.issuers = with.issuers;
            with.policy.claims = &with.claims;
            with.policy.budget = &budget;
            verify_trace trace;
            CHECK(verify(token, with.policy, now, nullptr, &trace).error() == errc::work_exceeded);
            CHECK(trace.miss == key_miss::none);
            CHECK(budget.spent() <= amount);
        }
    }

    TEST_CASE("verify: in mode jws the types that may be are charged by their number")
    {
        auto const key = key_of(key_family::ed25519, "k", "EdDSA");
        auto const token = sign(key, R"({"alg":"EdDSA","typ":"receipt"})", "x");
        auto const spent = [&](std::size_t types, work all) {
            setup with;
            with.trust("", {key});
            with.policy.mode = token_mode::jws;
            with.claims.any_typ = false;
            with.claims.typ.assign(types - 1, "other");
            with.claims.typ.emplace_back("receipt");
            work_budget budget(all, {});
            with.policy.issuers = with.issuers;
            with.policy.claims = &with.claims;
            with.policy.budget = &budget;
            auto const done = verify(token, with.policy, now, nullptr);
            CHECK((done.has_value() || done.error() == errc::work_exceeded));
            return done.has_value() ? budget.spent() : work(-1);
        };
        auto const second = std::chrono::seconds(1);
        auto const least = spent(1, second), most = spent(1001, second);
        CHECK(most > least);
        CHECK(spent(1001, most - work(1)) == work(-1));
        CHECK(spent(1001, most) == most);
    }

    TEST_CASE("verify: an algorithm that is not the issuer's -> newer keys would not help")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        setup with;
        with.trust("i", {key_of(key_family::rsa, "k", "RS256")}, set_source::foreign);
        std::vector<std::string> const algorithms{"RS256"};
        with.issuers[0].algorithms = algorithms;
        with.policy.issuers = with.issuers;
        with.policy.claims = &with.claims;
        verify_trace trace;
        auto const token =
            sign(key, R"({"alg":"ES256","kid":"k"})", R"({"iss":"i","exp":1000010})");
        CHECK(
            verify(token, with.policy, now, nullptr, &trace).error() == errc::algorithm_not_allowed
        );
        CHECK(trace.miss == key_miss::none);
    }
}
