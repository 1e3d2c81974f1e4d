#include "core/algorithms/work_costs.hpp"
#include "core/jws/make_jws.hpp"
#include "core/jws/serialization.hpp"
#include "core/jwt/jwt.hpp"
#include "core/jwt/verified_tokens.hpp"
#include "tests/core/jwt/jwt_pro_samples.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

constexpr instant now{std::chrono::seconds{1'000'000}};

jwk key_of(key_family family, std::string kid, std::string alg)
{
    jwk key;
    key.kid = std::move(kid);
    key.alg = std::move(alg);
    key.material = crypto::generate(family, family == key_family::secret ? 512 : 0).value();
    return key;
}

std::string sign(
    jwk const& key, std::string const& header, std::string_view payload,
    serialization how = serialization::compact, bool detached = false
)
{
    auto const doc = json::document::parse(header);
    auto const* row = find_signature_algorithm(doc->root().find("alg")->string());
    auto const signer = crypto::make_signer(key.material, *row).value();
    auto const payload_is_encoded = true;
    return make_jws({{header, signer.get()}}, as_bytes(payload), how, payload_is_encoded, detached)
        .value();
}

constexpr auto claims_a = R"({"iss":"a","exp":1000010})";
constexpr auto es256 = R"({"alg":"ES256","kid":"k"})";

/// One memory, and what it is asked for: each verification may have other issuers and rules.
struct asking {
    verified_tokens memory{1U << 20U, {1, 2}};
    std::vector<jwk> keys;
    trusted_issuer issuer;
    claims_policy claims;
    verify_policy policy;
    instant at = now;

    explicit asking(std::vector<jwk> of) : keys(std::move(of))
    {
        issuer.issuer = "a";
        claims.any_typ = true;
    }
    result<verified_token> verify(std::string_view token, verify_trace* trace = nullptr)
    {
        issuer.keys = keys;
        policy.issuers = {&issuer, 1};
        policy.claims = &claims;
        policy.remembered = &memory;
        crypto::operation_cache kept;
        return core::verify(token, policy, at, &kept, trace);
    }
    /// Verifies it until it is remembered.
    void learn(std::string_view token)
    {
        for (int i = 0; i < 3; ++i)
            REQUIRE(verify(token).has_value());
        REQUIRE(hits() > 0);
    }
    std::uint64_t hits() const { return memory.figures().hits.value(); }
    std::uint64_t admitted() const { return memory.figures().admitted.value(); }
    /// Whether this verification found the token.
    bool finds(std::string_view token)
    {
        auto const before = hits();
        auto const outcome = verify(token);
        REQUIRE(outcome.has_value());
        return hits() > before;
    }
    errc refusal(std::string_view token)
    {
        auto const outcome = verify(token);
        REQUIRE(!outcome.has_value());
        return outcome.error().code;
    }
};

}  // namespace

TEST_SUITE("core/jwt/remembered_verify")
{
    TEST_CASE(
        "verify: the third time a token is remembered, and everything that is said is the same"
    )
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        auto const token = sign(key, es256, claims_a);
        asking with({key});
        CHECK(!with.finds(token));
        CHECK(!with.finds(token));
        for (int i = 0; i < 3; ++i) {
            auto const got = with.verify(std::string(token));  // of another text that is equal
            REQUIRE(got.has_value());
            CHECK(got->header() == es256);
            CHECK(got->payload() == claims_a);
            CHECK(got->claims().find("exp")->integer() == 1'000'010);
            CHECK(got->kid() == "k");
            CHECK(got->algorithm().name == "ES256");
            CHECK(got->issuer() == 0);
        }
        CHECK(with.hits() == 3);
    }

    TEST_CASE("verify: what a remembered token says outlives its place in the memory")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        auto const token = sign(key, es256, claims_a);
        auto with = std::make_unique<asking>(std::vector{key});
        with->learn(token);
        auto const got = with->verify(token);
        with.reset();
        CHECK(got->header() == es256);
        CHECK(got->payload() == claims_a);
    }

    TEST_CASE("verify: a remembered token costs no signature")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        auto const token = sign(key, es256, claims_a);
        asking with({key});
        auto const price = [&] {
            work_budget budget(std::chrono::seconds(1), {});
            with.policy.budget = &budget;
            REQUIRE(with.verify(token).has_value());
            with.policy.budget = nullptr;
            return budget.spent();
        };
        auto const computed = price();
        price();
        auto const remembered = price();
        auto const signature = costs::of_verifying(
            *find_signature_algorithm("ES256"), key_family::p256, key.material->bits(),
            token.rfind('.')
        );
        CHECK(computed - remembered == signature);
        CHECK(remembered >= costs::of_reading(token.size()));
    }

    TEST_CASE("verify: times, audiences and every other expectation are checked each time")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        auto const token = sign(
            key, R"({"alg":"ES256","kid":"k","typ":"JWT"})",
            R"({"iss":"a","exp":1000010,"nbf":999000,"aud":"x","sub":"s"})"
        );
        asking with({key});
        with.claims.audiences = {"x"};
        with.learn(token);
        auto const usual = with.claims;
        auto const refused = [&](auto change) {
            change(with.claims);
            auto const code = with.refusal(token);
            with.claims = usual;
            return code;
        };
        CHECK(refused([](auto& to) { to.audiences = {"y"}; }) == errc::audience_mismatch);
        CHECK(refused([](auto& to) { to.issuers = {"b"}; }) == errc::issuer_mismatch);
        CHECK(refused([](auto& to) { to.subject = "t"; }) == errc::subject_mismatch);
        CHECK(refused([](auto& to) { to.required = {"jti"}; }) == errc::claim_missing);
        CHECK(
            refused([](auto& to) { to.any_typ = false, to.typ = {"at+jwt"}; })
            == errc::type_mismatch
        );
        CHECK(refused([](auto& to) { to.nonce = "n"; }) == errc::claim_missing);
        with.at = now + std::chrono::seconds(10);
        CHECK(with.refusal(token) == errc::token_expired);
        with.at = now - std::chrono::seconds(1001);
        CHECK(with.refusal(token) == errc::token_not_yet_valid);
        with.at = now;
        CHECK(with.finds(token));
    }

    TEST_CASE("verify: the allowed algorithms and the issuer of the key are checked each time")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        auto const token = sign(key, es256, claims_a);
        asking with({key});
        with.learn(token);
        std::vector<std::string> const others{"RS256", "EdDSA"};
        with.policy.algorithms = others;
        CHECK(with.refusal(token) == errc::algorithm_not_allowed);
        with.policy.algorithms = {};
        with.issuer.algorithms = others;
        CHECK(with.refusal(token) == errc::algorithm_not_allowed);
        with.issuer.algorithms = {};
        with.issuer.issuer = "b";  // another issuer has the same key
        CHECK(with.refusal(token) == errc::issuer_mismatch);
        with.issuer.issuer = "a";
        CHECK(with.finds(token));
    }

    TEST_CASE(
        "verify: a key that retired, was replaced or is for something else now answers nothing"
    )
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        auto const token = sign(key, es256, claims_a);
        asking with({key});
        with.learn(token);
        auto const refused_with = [&](std::vector<jwk> keys) {
            with.keys = std::move(keys);
            return with.refusal(token);
        };
        auto const other = key_of(key_family::p256, "k", "ES256");
        auto encrypts = key, for_others = key;
        encrypts.use = key_use::enc;
        for_others.alg = "ES384";
        CHECK(refused_with({}) == errc::keys_unavailable);
        CHECK(refused_with({key_of(key_family::p256, "l", "ES256")}) == errc::key_not_found);
        CHECK(refused_with({other}) == errc::signature_invalid);
        CHECK(refused_with({encrypts}) == errc::key_not_found);
        CHECK(refused_with({for_others}) == errc::algorithm_not_allowed);
        with.keys = {key};
        CHECK(with.finds(token));
    }

    TEST_CASE("verify: the same key in a set that was read again is tried again, then remembered")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        auto const token = sign(key, es256, claims_a);
        asking with({key});
        with.learn(token);
        auto const parts = crypto::public_parts_of(*key.material);
        auto again = key;
        again.material = crypto::import_ec(key_family::p256, parts.x, parts.y, {}).value();
        with.keys = {again};
        CHECK(!with.finds(token));
        CHECK(with.finds(token));
        CHECK(with.admitted() == 1);
    }

    TEST_CASE("verify: of several keys without a kid the first that verifies is named, as before")
    {
        auto const first = key_of(key_family::p256, "1", ""),
                   second = key_of(key_family::p256, "2", "");
        auto const token = sign(second, R"({"alg":"ES256"})", claims_a);
        asking with({first, second});
        with.learn(token);
        CHECK(with.verify(token)->kid() == "2");
        // A copy of the second key comes before it.
        auto const parts = crypto::public_parts_of(*second.material);
        auto copy = second;
        copy.kid = "3";
        copy.material = crypto::import_ec(key_family::p256, parts.x, parts.y, {}).value();
        with.keys = {copy, first, second};
        CHECK(with.verify(token)->kid() == "3");
        with.keys = {first, second};
        CHECK(with.verify(token)->kid() == "2");
    }

    TEST_CASE("verify: a secret that is too short answers only where that is allowed")
    {
        auto key = key_of(key_family::secret, "k", "HS256");
        key.material = crypto::import_secret(secret_bytes("too short")).value();
        key.allow_weak_hmac = true;
        auto const* row = find_signature_algorithm("HS256");
        auto const signer = crypto::make_signer(key.material, *row, true).value();
        auto const token =
            make_jws(
                {{R"({"alg":"HS256","kid":"k"})", signer.get()}},
                as_bytes(std::string_view(claims_a)), serialization::compact, true, false
            )
                .value();
        asking with({key});
        with.learn(token);
        with.keys.front().allow_weak_hmac = false;
        CHECK(with.refusal(token) == errc::key_invalid);
        with.keys.front().allow_weak_hmac = true;
        CHECK(with.finds(token));
    }

    TEST_CASE("verify: refused tokens are not remembered, whatever refused them")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        auto const good = sign(key, es256, claims_a);
        auto forged = good;
        forged[good.rfind('.') + 1] = good[good.rfind('.') + 1] == 'A' ? 'B' : 'A';
        auto const expired = sign(key, es256, R"({"iss":"a","exp":1})");
        auto const foreign = sign(key, es256, R"({"iss":"b","exp":1000010})");
        asking with({key});
        for (int i = 0; i < 4; ++i) {
            CHECK(with.refusal(forged) == errc::signature_invalid);
            CHECK(with.refusal(expired) == errc::token_expired);
            CHECK(with.refusal(foreign) == errc::issuer_mismatch);
            CHECK(with.refusal("a.b.c") != errc::internal);
        }
        CHECK(with.admitted() == 0);
        CHECK(with.memory.figures().octets.value() == 0);
    }

    TEST_CASE("verify: a forged token next to a remembered one is refused, octet for octet")
    {
        auto const key = key_of(key_family::ed25519, "k", "EdDSA");
        auto const token = sign(key, R"({"alg":"EdDSA","kid":"k"})", claims_a);
        asking with({key});
        with.learn(token);
        auto const hits = with.hits();
        for (std::size_t i = 0; i < token.size(); ++i) {
            auto forged = token;
            forged[i] = forged[i] == 'A' ? 'B' : 'A';
            CHECK(!with.verify(forged).has_value());
            CHECK(!with.verify(token.substr(0, i)).has_value());
        }
        CHECK(with.hits() == hits);
    }

    TEST_CASE("verify: mode jws and mode jwt share what is remembered, and nothing else")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        auto const token = sign(key, es256, claims_a);
        auto const payload = sign(key, es256, "not JSON");
        asking with({key});
        with.policy.mode = token_mode::jws;
        with.learn(token);
        with.learn(payload);
        CHECK(with.verify(token)->payload() == claims_a);
        CHECK(!with.verify(token)->has_claims());
        CHECK(with.verify(payload)->payload() == "not JSON");
        with.policy.mode = token_mode::jwt;
        auto const hits = with.hits();
        auto const got = with.verify(token);
        CHECK(got->claims().find("iss")->string() == "a");
        CHECK(with.hits() == hits + 1);
        CHECK(with.refusal(payload) == errc::token_malformed);

        asking other({key});
        other.learn(token);
        other.policy.mode = token_mode::jws;
        CHECK(other.verify(token)->payload() == claims_a);
        CHECK(!other.verify(token)->has_claims());
        other.claims.any_typ = false;
        other.claims.typ = {"receipt"};
        CHECK(other.refusal(token) == errc::type_mismatch);
    }

    TEST_CASE("verify: detached content and JSON serializations are never remembered")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        asking with({key});
        with.policy.mode = token_mode::jws;
        auto const detached = sign(key, es256, "content", serialization::compact, true);
        with.policy.detached = "content";
        for (int i = 0; i < 4; ++i)
            CHECK(with.verify(detached).has_value());
        with.policy.detached = "another";
        CHECK(with.refusal(detached) == errc::signature_invalid);
        with.policy.detached.reset();
        auto const text = sign(key, es256, "content", serialization::flattened);
        auto const object = json::document::parse(text).value();
        for (int i = 0; i < 4; ++i)
            CHECK(verify_json(object.root(), with.policy, now, nullptr).has_value());
        CHECK(with.admitted() == 0);
        CHECK(with.hits() == 0);
    }

    TEST_CASE("verify: what jwt-pro encrypted is never remembered")
    {
        auto const& sample = samples::of_jwt_pro.back();
        jwk key;
        key.kid = "p";
        key.alg = "HS256";
        key.material = crypto::import_secret(secret_bytes(sample.secret)).value();
        asking with({key});
        with.issuer.issuer = "";
        with.issuer.reads_jwt_pro = true;
        with.claims.checks.exp = false;
        with.claims.require_exp = false;
        for (int i = 0; i < 4; ++i)
            CHECK(with.verify(sample.token).has_value());
        CHECK(with.admitted() == 0);
        CHECK(with.hits() == 0);
    }

    TEST_CASE("verify: a remembered token that its keys no longer verify is noted as missed")
    {
        auto const key = key_of(key_family::p256, "k", "ES256");
        auto const token = sign(key, es256, claims_a);
        asking with({key});
        with.issuer.source = set_source::foreign;
        with.learn(token);
        auto const missed = [&](std::vector<jwk> keys) {
            with.keys = std::move(keys);
            verify_trace trace;
            CHECK(!with.verify(token, &trace).has_value());
            CHECK(trace.named_kid == "k");
            return trace.miss;
        };
        CHECK(missed({}) == key_miss::set);
        CHECK(missed({key_of(key_family::p256, "l", "ES256")}) == key_miss::kid);
        CHECK(missed({key_of(key_family::p256, "k", "ES256")}) == key_miss::signature);
    }
}
