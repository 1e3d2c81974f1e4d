#include "core/jws/make_jws.hpp"
#include "core/jws/serialization.hpp"
#include "core/jwt/issuer_choice.hpp"
#include "tests/core/crypto/samples.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

constexpr instant now{std::chrono::seconds{1'000'000}};

auto const entra = issuer_identity::of_tenants("https://login.example/{tid}/v2.0", {"a", "b"}, {});
auto const google = issuer_identity::of_spellings({"accounts.example", "https://accounts.example"});
auto const mesh = issuer_identity::of_trust_domain("example.org");

trusted_issuer issuer_of(std::string_view name, issuer_identity const* identity = nullptr)
{
    trusted_issuer one;
    one.issuer = name;
    one.identity = identity;
    one.source = set_source::foreign;
    return one;
}

std::string choice(std::vector<trusted_issuer> const& issuers, std::string const& claims)
{
    auto const read = json::document::parse(claims);
    auto const places = places_of(issuers);
    verify_policy policy;
    policy.issuers = issuers;
    auto const found = choose_issuer(policy, read->root());
    policy.places = &places;
    auto const same = choose_issuer(policy, read->root());
    REQUIRE(found.has_value() == same.has_value());
    if (!found) {
        CHECK(found.error().code == same.error().code);
        return std::string(to_string(found.error().code));
    }
    CHECK(*found == *same);
    return std::string(issuers[*found].issuer);
}

jwk key_with(std::string_view kid, std::string_view issuer = "")
{
    jwk key;
    key.kid = kid;
    key.issuer = issuer;
    key.material = samples::key_of(key_family::p256);
    return key;
}

/// A token that the sample key signed.
std::string token_of(std::string const& claims, std::string_view kid = "k")
{
    auto const header = R"({"alg":"ES256","kid":")" + std::string(kid) + R"("})";
    auto const signer =
        crypto::make_signer(samples::key_of(key_family::p256), *find_signature_algorithm("ES256"));
    REQUIRE(signer.has_value());
    return make_jws(
               {{header, signer->get()}}, as_bytes(claims), serialization::compact, true, false
    )
        .value();
}

std::string entra_claims(std::string_view iss, std::string_view tid)
{
    return R"({"exp":1000010,"iss":")" + std::string(iss) + R"(","tid":")" + std::string(tid)
        + R"("})";
}

/// The outcome with one issuer that has these keys.
std::string outcome(
    trusted_issuer trusted, std::vector<jwk> const& keys, std::string const& token,
    verify_trace* trace = nullptr
)
{
    trusted.keys = keys;
    trusted.has_bound_keys =
        std::ranges::any_of(keys, [](jwk const& one) { return !one.issuer.empty(); });
    claims_policy claims;
    claims.any_typ = true;
    verify_policy policy;
    policy.issuers = std::span(&trusted, 1);
    policy.claims = &claims;
    crypto::operation_cache kept;
    auto const got = verify(token, policy, now, &kept, trace);
    return got ? "ok" : std::string(to_string(got.error().code));
}

constexpr std::string_view of_all = "https://login.example/{tenantid}/v2.0";

}  // namespace

TEST_SUITE("core/jwt/issuer_choice")
{
    TEST_CASE("choose_issuer: a token is exactly one issuer's, with places and without")
    {
        std::vector<trusted_issuer> const all{
            issuer_of("urn:corp"), issuer_of("https://login.example/{tid}/v2.0", &entra),
            issuer_of("https://accounts.example", &google),
            issuer_of("spiffe://example.org", &mesh)};
        CHECK(choice(all, R"({"iss":"urn:corp"})") == "urn:corp");
        CHECK(
            choice(all, entra_claims("https://login.example/b/v2.0", "b"))
            == "https://login.example/{tid}/v2.0"
        );
        CHECK(choice(all, R"({"iss":"accounts.example"})") == "https://accounts.example");
        CHECK(choice(all, R"({"sub":"spiffe://example.org/w"})") == "spiffe://example.org");
        CHECK(
            choice(all, R"({"iss":"urn:spire","sub":"spiffe://example.org/w"})")
            == "spiffe://example.org"
        );
        CHECK(choice(all, R"({"sub":"ada"})") == "claim_missing");
        for (auto const* claims :
             {R"({"iss":"urn:other"})", R"({"iss":7})", R"({"iss":"spiffe://example.org"})",
              R"({"iss":"https://login.example/{tid}/v2.0","tid":"{tid}"})",
              R"({"iss":"urn:corp","sub":"spiffe://example.org/w"})",
              R"({"iss":"accounts.example","sub":"spiffe://example.org/w"})"})
            CHECK_MESSAGE(choice(all, claims) == "issuer_mismatch", claims);
    }

    TEST_CASE("identity_claims_of: texts only; whatever else there is counts as none")
    {
        auto const read = json::document::parse(R"({"iss":"i","tid":1,"sub":null})");
        REQUIRE(read.has_value());
        auto const claims = identity_claims_of(read->root());
        CHECK(claims.iss == "i");
        CHECK(claims.tid.empty());
        CHECK(claims.sub.empty());
        CHECK(!mesh.admits(claims));
    }

    TEST_CASE("find_issuer: the text of an exact issuer, a spelling, or an admitted tenant")
    {
        std::vector<trusted_issuer> const all{
            issuer_of("urn:corp"), issuer_of("https://login.example/{tid}/v2.0", &entra),
            issuer_of("spiffe://example.org", &mesh)};
        auto const places = places_of(all);
        for (auto const* by : {static_cast<issuer_places const*>(nullptr), &places}) {
            CHECK(find_issuer(all, by, "urn:corp") == 0);
            CHECK(find_issuer(all, by, "https://login.example/a/v2.0") == 1);
            CHECK(!find_issuer(all, by, "https://login.example/c/v2.0"));
            CHECK(!find_issuer(all, by, "https://login.example/{tid}/v2.0"));
            CHECK(!find_issuer(all, by, "spiffe://example.org"));
        }
    }

    TEST_CASE("verify: one issuer -> what the signed claims say must still be its own")
    {
        auto const keys = std::vector{key_with("k")};
        auto const tenants = issuer_of("https://login.example/{tid}/v2.0", &entra);
        auto const of = [&](std::string_view iss, std::string_view tid) {
            return outcome(tenants, keys, token_of(entra_claims(iss, tid)));
        };
        CHECK(of("https://login.example/a/v2.0", "a") == "ok");
        CHECK(of("https://login.example/a/v2.0", "b") == "issuer_mismatch");
        CHECK(of("https://login.example/c/v2.0", "c") == "issuer_mismatch");
        auto const domain = issuer_of("spiffe://example.org", &mesh);
        auto const by_sub = [&](std::string const& sub) {
            return outcome(domain, keys, token_of(R"({"exp":1000010,"sub":")" + sub + R"("})"));
        };
        CHECK(by_sub("spiffe://example.org/w") == "ok");
        CHECK(by_sub("spiffe://example.com/w") == "issuer_mismatch");
        CHECK(by_sub("spiffe://example.org") == "issuer_mismatch");
    }

    TEST_CASE("verify: a key of one tenant is not for another one's token")
    {
        auto const tenants = issuer_of("https://login.example/{tid}/v2.0", &entra);
        auto const token = token_of(entra_claims("https://login.example/a/v2.0", "a"));
        CHECK(outcome(tenants, {key_with("k", of_all)}, token) == "ok");
        CHECK(outcome(tenants, {key_with("k", "https://login.example/a/v2.0")}, token) == "ok");
        auto const of_b = key_with("k", "https://login.example/b/v2.0");
        verify_trace trace;
        CHECK(outcome(tenants, {of_b}, token, &trace) == "issuer_mismatch");
        CHECK(trace.miss == key_miss::none);
        CHECK(
            outcome(tenants, {of_b}, token_of(entra_claims("urn:a", "a"), "x"), &trace)
            == "key_not_found"
        );
        CHECK(trace.miss == key_miss::kid);
        auto other = of_b;
        other.material = crypto::generate(key_family::p256, 0).value();
        CHECK(outcome(tenants, {other, key_with("k", of_all)}, token) == "ok");
        CHECK(outcome(tenants, {other, key_with("k")}, token) == "ok");
    }

    TEST_CASE("verify: a bound key and a token of another issuer -> issuer_mismatch, once signed")
    {
        auto const tenants = issuer_of("https://login.example/{tid}/v2.0", &entra);
        auto const old = entra_claims("https://sts.example/a/", "a");
        CHECK(outcome(tenants, {key_with("k", of_all)}, token_of(old)) == "issuer_mismatch");
        auto broken = token_of(old);
        broken[broken.size() - 5] = broken[broken.size() - 5] == 'A' ? 'B' : 'A';
        CHECK(outcome(tenants, {key_with("k", of_all)}, broken) == "signature_invalid");
    }

    TEST_CASE("verify: a plain issuer's key that is for another issuer verifies nothing")
    {
        auto const corp = issuer_of("urn:corp");
        auto const token = token_of(R"({"exp":1000010,"iss":"urn:corp"})");
        CHECK(outcome(corp, {key_with("k", "urn:corp")}, token) == "ok");
        CHECK(outcome(corp, {key_with("k", "urn:other")}, token) == "issuer_mismatch");
        auto rival = key_with("k", "urn:other");
        rival.material = crypto::generate(key_family::p256, 0).value();
        CHECK(outcome(corp, {rival, key_with("k", "urn:corp")}, token) == "ok");
        CHECK(outcome(corp, {rival, key_with("k")}, token) == "ok");
        CHECK(outcome(corp, {key_with("k"), rival, rival}, token) == "ok");
    }

    TEST_CASE("verify: nobody said that keys are bound -> refused after the signature all the same")
    {
        auto trusted = issuer_of("urn:corp");
        auto const keys = std::vector{key_with("k", "urn:other")};
        trusted.keys = keys;
        claims_policy claims;
        claims.any_typ = true;
        verify_policy policy;
        policy.issuers = std::span(&trusted, 1);
        policy.claims = &claims;
        auto const got =
            verify(token_of(R"({"exp":1000010,"iss":"urn:corp"})"), policy, now, nullptr);
        REQUIRE(!got);
        CHECK(got.error() == errc::issuer_mismatch);
    }
}
