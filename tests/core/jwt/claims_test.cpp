#include "core/jwt/claims.hpp"
#include "core/jwt/half_hash.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

constexpr instant now{std::chrono::seconds{1'000'000}};

/// A policy that accepts any token without aud.
claims_policy nothing()
{
    claims_policy policy;
    policy.any_typ = true;
    policy.require_exp = false;
    return policy;
}

std::string verdict(
    std::string_view claims, claims_policy const& policy, std::optional<std::string_view> typ = {}
)
{
    auto const doc = json::document::parse(std::string(claims));
    REQUIRE(doc.has_value());
    auto const outcome = validate_claims(doc->root(), typ, hash::sha256, policy, now);
    if (outcome)
        return "ok";
    return std::string(to_string(outcome.error().code)) + " " + outcome.error().claim;
}

std::string time_claim(char const* name, std::string const& value)
{
    return std::string("{\"") + name + "\":" + value + "}";
}

}  // namespace

TEST_SUITE("core/jwt/claims")
{
    TEST_CASE("validate_claims: exp equal to now is token_expired, one later is not")
    {
        auto const policy = nothing();
        CHECK(verdict(time_claim("exp", "999999"), policy) == "token_expired exp");
        CHECK(verdict(time_claim("exp", "1000000"), policy) == "token_expired exp");
        CHECK(verdict(time_claim("exp", "1000000.001"), policy) == "ok");
        CHECK(verdict(time_claim("exp", "1000001"), policy) == "ok");
        CHECK(verdict(time_claim("exp", "1.000001e6"), policy) == "ok");
        CHECK(verdict(time_claim("exp", "-1"), policy) == "token_expired exp");
    }

    TEST_CASE("validate_claims: leeway moves exp, nbf, iat and max_age by exactly its length")
    {
        auto policy = nothing();
        policy.leeway = std::chrono::seconds{10};
        CHECK(verdict(time_claim("exp", "999990"), policy) == "token_expired exp");
        CHECK(verdict(time_claim("exp", "999991"), policy) == "ok");
        for (auto const* claim : {"nbf", "iat"}) {
            CHECK(verdict(time_claim(claim, "1000010"), policy) == "ok");
            CHECK(
                verdict(time_claim(claim, "1000011"), policy)
                == std::string("token_not_yet_valid ") + claim
            );
        }
        policy.max_age = std::chrono::seconds{100};
        CHECK(verdict(time_claim("iat", "999890"), policy) == "ok");
        CHECK(verdict(time_claim("iat", "999889"), policy) == "token_expired iat");
        CHECK(verdict("{}", policy) == "claim_missing iat");
    }

    TEST_CASE("validate_claims: a registered claim of the wrong type is claim_invalid")
    {
        auto policy = nothing();
        policy.audiences = {"a"};
        for (auto const* bad : {
                 R"({"exp":"1000001"})",
                 R"({"exp":true})",
                 R"({"exp":null})",
                 R"({"nbf":"x"})",
                 R"({"iat":[]})",
                 R"({"aud":1})",
                 R"({"aud":["a",1]})",
                 R"({"aud":null})",
                 R"({"iss":1})",
                 R"({"sub":5})",
                 R"({"jti":{}})",
             }) {
            CAPTURE(bad);
            CHECK(verdict(bad, policy).starts_with("claim_invalid "));
        }
    }

    TEST_CASE("validate_claims: a token with an aud is refused when no audience is expected")
    {
        auto policy = nothing();
        CHECK(verdict(R"({"aud":"a"})", policy) == "audience_mismatch aud");
        CHECK(verdict(R"({"aud":[]})", policy) == "audience_mismatch aud");
        CHECK(verdict("{}", policy) == "ok");
        policy.checks.aud = false;
        CHECK(verdict(R"({"aud":"a"})", policy) == "ok");
    }

    TEST_CASE("validate_claims: aud is compared whole, one of several is enough")
    {
        auto policy = nothing();
        policy.audiences = {"api://orders", "b"};
        CHECK(verdict(R"({"aud":"api://orders"})", policy) == "ok");
        CHECK(verdict(R"({"aud":["x","b"]})", policy) == "ok");
        CHECK(verdict(R"({"aud":"api://order"})", policy) == "audience_mismatch aud");
        CHECK(verdict(R"({"aud":["x"]})", policy) == "audience_mismatch aud");
        CHECK(verdict("{}", policy) == "claim_missing aud");
        policy.optional = {"aud"};
        CHECK(verdict("{}", policy) == "ok");
    }

    TEST_CASE("validate_claims: strict_audience wants one string equal to the one expected")
    {
        auto policy = nothing();
        policy.strict_audience = true;
        policy.audiences = {"a"};
        CHECK(verdict(R"({"aud":"a"})", policy) == "ok");
        CHECK(verdict(R"({"aud":["a"]})", policy) == "audience_mismatch aud");
        policy.audiences = {"a", "b"};
        CHECK(verdict(R"({"aud":"a"})", policy) == "audience_mismatch aud");
    }

    TEST_CASE("validate_claims: the subject is the claim that the policy names, and is a string")
    {
        auto policy = nothing();
        policy.subject_claim = "subject";
        CHECK(verdict(R"({"sub":"t"})", policy) == "ok");
        CHECK(verdict(R"({"subject":7})", policy) == "claim_invalid subject");
        CHECK(verdict(R"({"subject":"s","sub":7})", policy) == "claim_invalid sub");
        policy.subject = "s";
        CHECK(verdict(R"({"subject":"s","sub":"t"})", policy) == "ok");
        CHECK(verdict(R"({"subject":"t","sub":"s"})", policy) == "subject_mismatch subject");
        CHECK(verdict(R"({"sub":"s"})", policy) == "claim_missing subject");
        policy.optional = {"subject"};
        CHECK(verdict(R"({"sub":"s"})", policy) == "ok");
        policy.checks.sub = false;
        CHECK(verdict(R"({"subject":7})", policy) == "ok");
    }

    TEST_CASE("validate_claims: every expectation fails with claim_missing when the claim is absent"
    )
    {
        auto policy = nothing();
        policy.issuers = {"i"};
        CHECK(verdict("{}", policy) == "claim_missing iss");
        CHECK(verdict(R"({"iss":"j"})", policy) == "issuer_mismatch iss");
        policy.whole_issuers = {
            issuer_identity::of_trust_domain("example.org"),
            issuer_identity::of_spellings({"j", "k"})};
        for (auto const* claims :
             {R"({"iss":"k"})", R"({"sub":"spiffe://example.org/w"})",
              R"({"iss":"x","sub":"spiffe://example.org/w"})"})
            CHECK(verdict(claims, policy) == "ok");
        CHECK(verdict(R"({"iss":"l","sub":"spiffe://other/w"})", policy) == "issuer_mismatch iss");
        CHECK(verdict(R"({"sub":"spiffe://other/w"})", policy) == "claim_missing iss");
        policy = nothing();
        policy.subject = "s";
        CHECK(verdict("{}", policy) == "claim_missing sub");
        CHECK(verdict(R"({"sub":"t"})", policy) == "subject_mismatch sub");
        policy = nothing();
        policy.nonce = "n";
        CHECK(verdict("{}", policy) == "claim_missing nonce");
        CHECK(verdict(R"({"nonce":"m"})", policy) == "claim_invalid nonce");
        policy = nothing();
        policy.require_exp = true;
        CHECK(verdict("{}", policy) == "claim_missing exp");
        policy = nothing();
        policy.required = {"x"};
        CHECK(verdict("{}", policy) == "claim_missing x");
        CHECK(verdict(R"({"x":null})", policy) == "claim_missing x");
        CHECK(verdict(R"({"x":false})", policy) == "ok");
    }

    TEST_CASE("validate_claims: optional lets a claim be absent, whatever expects it")
    {
        auto policy = nothing();
        policy.required = {"x"};
        policy.optional = {"x"};
        CHECK(verdict("{}", policy) == "ok");
        CHECK(verdict(R"({"x":null})", policy) == "claim_missing x");
        policy = nothing();
        policy.max_age = std::chrono::seconds{10};
        policy.optional = {"iat"};
        CHECK(verdict("{}", policy) == "ok");
        CHECK(verdict(R"({"iat":1})", policy) == "token_expired iat");
        policy = nothing();
        policy.max_lifetime = std::chrono::seconds{10};
        policy.optional = {"iat"};
        CHECK(verdict(R"({"exp":1000050})", policy) == "ok");
        CHECK(verdict(R"({"iat":1000000})", policy) == "claim_missing exp");
        for (auto const* name : {"scope", "scp"}) {
            policy = nothing();
            policy.scopes = {"read"};
            policy.optional = {name};
            CHECK(verdict("{}", policy) == "ok");
            CHECK(verdict(R"({"scope":"write"})", policy) == "scope_insufficient scope");
        }
    }

    TEST_CASE("validate_claims: max_lifetime bounds exp - iat and needs both")
    {
        auto policy = nothing();
        policy.max_lifetime = std::chrono::seconds{100};
        CHECK(verdict(R"({"iat":999950,"exp":1000050})", policy) == "ok");
        CHECK(verdict(R"({"iat":999950,"exp":1000051})", policy) == "claim_invalid exp");
        CHECK(verdict(R"({"exp":1000050})", policy) == "claim_missing iat");
        CHECK(verdict(R"({"iat":999950})", policy) == "claim_missing exp");
    }

    TEST_CASE("validate_claims: expected claims are compared as JSON values")
    {
        auto policy = nothing();
        policy.expected = {{"a", R"({"x":[1,"\u0041"],"y":null})"}};
        CHECK(verdict(R"({"a":{"y":null,"x":[2,"A"]}})", policy) == "claim_invalid a");
        CHECK(verdict(R"({"a":{"y":null,"x":[1,"A"]}})", policy) == "ok");
        CHECK(verdict("{}", policy) == "claim_missing a");
    }

    TEST_CASE("validate_claims: rules come before expected claims, and `optional` excuses none")
    {
        auto policy = nothing();
        policy.rules = {{"tid", claim_rule::kind::one_of, {"\"t1\"", "\"t2\""}}};
        policy.expected = {{"a", "1"}};
        CHECK(verdict(R"({"tid":"t2","a":1})", policy) == "ok");
        CHECK(verdict(R"({"tid":"t3","a":2})", policy) == "claim_invalid tid");
        CHECK(verdict(R"({"tid":"t1","a":2})", policy) == "claim_invalid a");
        CHECK(verdict(R"({"a":2})", policy) == "claim_missing tid");
        policy.optional = {"tid", "a"};
        CHECK(verdict("{}", policy) == "claim_missing tid");
    }

    TEST_CASE("validate_claims: one of any_scopes is enough, in addition to all of scopes")
    {
        auto policy = nothing();
        policy.any_scopes = {"read", "write"};
        CHECK(verdict(R"({"scp":["write"]})", policy) == "ok");
        CHECK(verdict(R"({"scope":"delete"})", policy) == "scope_insufficient scope");
        CHECK(verdict("{}", policy) == "claim_missing scope");
        policy.scopes = {"admin"};
        CHECK(verdict(R"({"scope":"admin"})", policy) == "scope_insufficient scope");
        CHECK(verdict(R"({"scope":"read"})", policy) == "scope_insufficient scope");
        CHECK(verdict(R"({"scope":"read admin"})", policy) == "ok");
    }

    TEST_CASE("entries_of: counts what any_scopes and rules look for")
    {
        auto policy = nothing();
        policy.any_scopes = {"read", "write"};
        policy.rules = {{"tid", claim_rule::kind::one_of, {"1", "2", "3"}}};
        CHECK(entries_of(policy) == 5);
    }

    TEST_CASE("validate_claims: scopes are all required, from scope or scp")
    {
        auto policy = nothing();
        policy.scopes = {"read", "write"};
        CHECK(verdict(R"({"scope":"write read"})", policy) == "ok");
        CHECK(verdict(R"({"scp":["read","write"]})", policy) == "ok");
        CHECK(verdict(R"({"scope":"read  write"})", policy) == "ok");
        CHECK(verdict(R"({"scope":"read writes"})", policy) == "scope_insufficient scope");
        CHECK(verdict(R"({"scp":["read"]})", policy) == "scope_insufficient scp");
        CHECK(verdict(R"({"scope":7})", policy) == "scope_insufficient scope");
        CHECK(verdict("{}", policy) == "claim_missing scope");
    }

    TEST_CASE("validate_claims: at_hash and c_hash bind what was presented")
    {
        auto policy = nothing();
        policy.access_token = "<ACCESS_TOKEN>";
        auto const good = half_hash(hash::sha256, "<ACCESS_TOKEN>");
        CHECK(good.size() == 22);
        CHECK(verdict(R"({"at_hash":")" + good + "\"}", policy) == "ok");
        CHECK(verdict(R"({"at_hash":"x"})", policy) == "token_hash_mismatch at_hash");
        CHECK(verdict("{}", policy) == "claim_missing at_hash");
        policy.checks.at_hash = false;
        CHECK(verdict(R"({"at_hash":"x"})", policy) == "ok");
        policy = nothing();
        policy.code = "abc";
        CHECK(verdict(R"({"c_hash":"x"})", policy) == "token_hash_mismatch c_hash");
        policy.checks.at_hash = false;  // is about at_hash only
        CHECK(verdict(R"({"c_hash":"x"})", policy) == "token_hash_mismatch c_hash");
        policy.checks.at_hash = true;
    }

    TEST_CASE("validate_claims: typ is compared before any claim")
    {
        auto policy = nothing();
        policy.any_typ = false;
        policy.typ = {"at+jwt"};
        CHECK(verdict(R"({"exp":1})", policy, "JWT") == "type_mismatch typ");
        CHECK(verdict(R"({"exp":1})", policy) == "type_mismatch typ");
        CHECK(verdict(R"({"exp":1})", policy, "at+jwt") == "token_expired exp");
    }

    TEST_CASE("validate_claims: the first failure in the published order wins")
    {
        auto policy = nothing();
        policy.issuers = {"i"};
        policy.audiences = {"a"};
        policy.subject = "s";
        policy.required = {"r"};
        CHECK(verdict(R"({"exp":1,"iss":1,"aud":"b"})", policy) == "claim_invalid iss");
        CHECK(verdict(R"({"exp":1,"iss":"j","aud":"b"})", policy) == "claim_missing r");
        CHECK(verdict(R"({"r":1,"exp":1,"iss":"j","aud":"b"})", policy) == "token_expired exp");
        CHECK(
            verdict(R"({"r":1,"nbf":2000000,"iss":"j","aud":"b"})", policy)
            == "token_not_yet_valid nbf"
        );
        CHECK(verdict(R"({"r":1,"iss":"j","aud":"b"})", policy) == "issuer_mismatch iss");
        CHECK(verdict(R"({"r":1,"iss":"i","aud":"b"})", policy) == "audience_mismatch aud");
        CHECK(
            verdict(R"({"r":1,"iss":"i","aud":"a","sub":"x"})", policy) == "subject_mismatch sub"
        );
    }

    TEST_CASE("validate_claims: a check that is off admits what it would refuse, type and value")
    {
        auto policy = nothing();
        policy.checks.exp = policy.checks.nbf = policy.checks.iat = false;
        policy.checks.iss = policy.checks.sub = policy.checks.jti = false;
        policy.issuers = {"i"};
        policy.subject = "s";
        CHECK(
            verdict(R"({"exp":"x","nbf":"x","iat":9e9,"iss":4,"sub":4,"jti":4})", policy) == "ok"
        );
    }

    TEST_CASE("unchecked_claims: what binds a token to something that was not presented is named")
    {
        auto const doc = json::document::parse(R"({"cnf":{},"at_hash":"x","c_hash":"y"})");
        auto policy = nothing();
        CHECK(
            unchecked_claims(doc->root(), policy)
            == std::vector<std::string_view>{"cnf", "at_hash", "c_hash"}
        );
        policy.access_token = "t";
        policy.code = "c";
        CHECK(unchecked_claims(doc->root(), policy) == std::vector<std::string_view>{"cnf"});
    }
}
