#include "core/jwt/claims_template.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

constexpr instant now{std::chrono::seconds{1'000'000}};

claims_template profile()
{
    claims_template made;
    made.iss = "https://us";
    made.audiences = {"a", "b"};
    made.ttl = std::chrono::seconds{60};
    made.max_ttl = std::chrono::seconds{600};
    made.allowed_claims = {"sub", "scope", "nbf"};
    return made;
}

struct asked {
    json::document document;
    claims_request request;
    explicit asked(std::string text)
        : document(*json::document::parse(std::move(text))),
          request{document.root(), {}, {}, false, {}, {}, {}}
    {
    }
    asked(asked const&) = delete;
};

std::string issue(claims_template const& from, asked const& what)
{
    auto const issued = issue_claims(from, what.request, "fresh", now);
    if (issued)
        return issued->text;
    auto const& why = issued.error();
    return std::string(to_string(why.code)) + " " + (why.claim.empty() ? why.member : why.claim);
}

std::string issue(claims_template const& from, std::string claims)
{
    asked const what(std::move(claims));
    return issue(from, what);
}

}  // namespace

TEST_SUITE("core/jwt/claims_template")
{
    TEST_CASE("issue_claims: the caller's text stays byte for byte, and ours follows it")
    {
        CHECK(
            issue(profile(), R"({ "scope" : "\u00e9 \/" , "sub":"x" })")
            == R"({ "scope" : "\u00e9 \/" , "sub":"x" ,"iss":"https://us","aud":"a","iat":1000000,"exp":1000060})"
        );
        CHECK(
            issue(profile(), "{}")
            == R"({"iss":"https://us","aud":"a","iat":1000000,"exp":1000060})"
        );
    }

    TEST_CASE(
        "issue_claims: a claim that is not opened or differs from the profile's is claims_forbidden"
    )
    {
        CHECK(issue(profile(), R"({"role":"admin"})") == "claims_forbidden role");
        CHECK(issue(profile(), R"({"iss":"https://you"})") == "claims_forbidden iss");
        CHECK(
            issue(profile(), R"({"iss":"https://us"})").starts_with(R"({"iss":"https://us","aud")")
        );
        CHECK(issue(profile(), R"({"iat":999999})") == "claims_forbidden iat");
        CHECK(issue(profile(), R"({"aud":"c"})") == "claims_forbidden aud");
        CHECK(issue(profile(), R"({"aud":["a","c"]})") == "claims_forbidden aud");
        CHECK(issue(profile(), R"({"aud":[]})") == "claims_forbidden aud");
        CHECK(issue(profile(), R"({"aud":["b"]})").starts_with(R"({"aud":["b"],"iss")"));
        CHECK(issue(profile(), R"({"jti":"x"})") == "claims_forbidden jti");
    }

    TEST_CASE("issue_claims: a lifetime over max_ttl or not positive is refused, never clamped")
    {
        for (auto const& [wanted, fine] : {
                 std::pair{-1, false},
                 std::pair{0, false},
                 std::pair{1, true},
                 std::pair{600, true},
                 std::pair{601, false},
             }) {
            asked what("{}");
            what.request.expires_in = wanted;
            CHECK(issue(profile(), what).starts_with("{") == fine);
            CHECK(
                issue(profile(), R"({"exp":)" + std::to_string(1'000'000 + wanted) + "}")
                    .starts_with("{")
                == fine
            );
        }
        asked both(R"({"exp":1000010})");
        both.request.expires_in = 10;
        CHECK(issue(profile(), both) == "request_invalid expires_in");
        asked huge("{}");
        huge.request.expires_in = INT64_MAX;
        CHECK(issue(profile(), huge) == "claims_forbidden exp");
    }

    TEST_CASE("issue_claims: no token outlives the key that signs it")
    {
        auto bounded = profile();
        bounded.not_after = now + std::chrono::seconds{30};
        CHECK(issue(bounded, "{}") == "claims_forbidden exp");
        bounded.ttl = std::chrono::seconds{30};
        CHECK(issue(bounded, "{}").starts_with("{"));
    }

    TEST_CASE("issue_claims: registered claims of the wrong type are claim_invalid")
    {
        for (auto const* claims :
             {R"({"sub":1})", R"({"nbf":"now"})", R"({"exp":true})", R"({"aud":[1]})"})
            CHECK(issue(profile(), claims).starts_with("claim_invalid "));
    }

    TEST_CASE("issue_claims: forced claims are set, and a caller may only repeat them")
    {
        auto forcing = profile();
        forcing.forced_claims = {{"tenant", "\"t1\""}};
        CHECK(issue(forcing, "{}").ends_with(R"(,"tenant":"t1"})"));
        CHECK(issue(forcing, R"({"tenant":"t1"})").starts_with(R"({"tenant":"t1",)"));
        CHECK(issue(forcing, R"({"tenant":"t2"})") == "claims_forbidden tenant");
    }

    TEST_CASE("issue_claims: jti is made when the profile or the caller wants one")
    {
        auto with = profile();
        with.jti = true;
        CHECK(issue(with, "{}").ends_with(R"("jti":"fresh"})"));
        asked what("{}");
        what.request.wants_jti = true;
        CHECK(issue(profile(), what).ends_with(R"("jti":"fresh"})"));
        asked own("{}");
        own.request.jti = "mine";
        CHECK(issue(profile(), own) == "claims_forbidden jti");
        with.all_claims = true;
        CHECK(issue(with, own).ends_with(R"("jti":"mine"})"));
        asked twice(R"({"jti":"a"})");
        twice.request.jti = "b";
        CHECK(issue(with, twice) == "request_invalid jti");
    }

    TEST_CASE("issue_claims: not_before_in lies inside the lifetime")
    {
        asked what("{}");
        what.request.not_before_in = 30;
        CHECK(issue(profile(), what).ends_with(R"("nbf":1000030})"));
        what.request.not_before_in = 60;
        CHECK(issue(profile(), what) == "claims_forbidden nbf");
        what.request.not_before_in = -1;
        CHECK(issue(profile(), what) == "claims_forbidden nbf");
        asked both(R"({"nbf":1})");
        both.request.not_before_in = 1;
        CHECK(issue(profile(), both) == "request_invalid not_before_in");
    }

    TEST_CASE("issue_claims: no claim is made twice, whatever the profile forces")
    {
        asked what("{}");
        what.request.at_hash = "h";
        what.request.c_hash = "c";
        auto forcing = profile();
        forcing.forced_claims = {{"at_hash", "\"f\""}};
        CHECK(issue(forcing, what) == "claims_forbidden at_hash");
        forcing.forced_claims = {{"c_hash", "\"f\""}};
        CHECK(issue(forcing, what) == "claims_forbidden c_hash");
        for (auto const* ours : {"iss", "aud", "iat", "exp"}) {
            CAPTURE(ours);
            forcing.forced_claims = {{ours, "1"}};
            CHECK(issue(forcing, "{}") == "claims_forbidden " + std::string(ours));
        }
        forcing.jti = true;
        forcing.forced_claims = {{"jti", "\"f\""}};
        CHECK(issue(forcing, "{}") == "claims_forbidden jti");
        forcing.jti = false;
        forcing.forced_claims = {{"nbf", "1"}};
        what.request.not_before_in = 1;
        CHECK(issue(forcing, what) == "claims_forbidden nbf");
    }

    TEST_CASE("extend_claims: with the caller's own key nothing is added but what it asks for")
    {
        asked plain(R"({"anything":1.0e9,"iss":7})");
        CHECK(extend_claims(plain.request, "fresh", now)->text == R"({"anything":1.0e9,"iss":7})");
        asked more("{}");
        more.request.expires_in = 5;
        more.request.not_before_in = -5;
        more.request.at_hash = "h";
        auto const made = extend_claims(more.request, "fresh", now);
        CHECK(made->text == R"({"exp":1000005,"nbf":999995,"at_hash":"h"})");
        CHECK(made->expires_at == 1000005);
        asked bad(R"({"at_hash":"x"})");
        bad.request.at_hash = "h";
        CHECK(extend_claims(bad.request, "fresh", now).error() == errc::request_invalid);
        asked past("{}");
        past.request.expires_in = 0;
        CHECK(extend_claims(past.request, "fresh", now).error() == errc::claims_forbidden);
    }
}
