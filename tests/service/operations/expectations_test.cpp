#include "service/operations/expectations.hpp"

#include <doctest/doctest.h>

using core::token_mode;

namespace {

/// The member that is refused, or "ok".
std::string outcome(
    std::string const& members, token_mode mode = token_mode::jwt,
    service::ready_profile const* profile = nullptr
)
{
    auto const document = core::json::document::parse("{" + members + "}");
    REQUIRE(document.has_value());
    service::body_reader read(document->root());
    core::claims_policy policy;
    policy.require_exp = false;
    if (profile != nullptr)
        policy = profile->claims;
    CHECK(service::read_expectations(read, profile, mode, policy).has_value());
    auto const problem = read.finish();
    if (!problem)
        return "ok";
    CHECK(problem->code == core::errc::request_invalid);
    return std::string(problem->member);
}

/// A profile with most possible demands, some of which may be skipped.
struct profile_under_test {
    config::verify_profile settings;
    service::ready_profile ready;

    profile_under_test()
    {
        settings.allow_overrides = {"exp", "role", "iss"};
        ready.settings = &settings;
        ready.claims.audiences = {"a", "b"};
        ready.claims.typ = {"JWT", "none"};
        ready.claims.required = {"sub", "role"};
        ready.claims.scopes = {"read"};
        ready.claims.max_age = std::chrono::seconds{60};
        core::trusted_issuer one;
        one.issuer = "i";
        ready.issuers.push_back(one);
    }
    std::string outcome(std::string const& members) const
    {
        return ::outcome(members, token_mode::jwt, &ready);
    }
};

}  // namespace

TEST_SUITE("service/operations/expectations")
{
    TEST_CASE("read_expectations: in mode jws every member about claims is refused, and typ is read"
    )
    {
        for (auto const* member :
             {R"("issuer":"i")", R"("audience":"a")", R"("subject":"s")", R"("nonce":"n")",
              R"("required":["x"])", R"("claims":{"a":1})", R"("optional":["x"])", R"("leeway":0)",
              R"("max_age":1)", R"("strict_audience":false)", R"("scopes":["s"])",
              R"("access_token":"t")", R"("code":"c")", R"("checks":{"exp":true})"}) {
            CAPTURE(member);
            std::string const text(member);
            CHECK(outcome(text, token_mode::jws) == text.substr(1, text.find('"', 1) - 1));
        }
        CHECK(outcome(R"("typ":"receipt")", token_mode::jws) == "ok");
        CHECK(outcome(R"("typ":[])", token_mode::jws) == "typ");
    }

    TEST_CASE("read_expectations: `issuer` may be the name that replies have; any token of it fits")
    {
        auto const tenants =
            core::issuer_identity::of_tenants("https://login.example/{tid}", {"a", "b"}, {"short"});
        auto const domain = core::issuer_identity::of_trust_domain("example.org");
        profile_under_test with;
        for (auto const& [name, identity] :
             {std::pair("https://login.example/{tid}", &tenants),
              std::pair("spiffe://example.org", &domain)}) {
            core::trusted_issuer one;
            one.issuer = name;
            one.identity = identity;
            with.ready.issuers.push_back(one);
        }
        auto const wholes = [&](std::string const& issuer) {
            auto const document = core::json::document::parse("{\"issuer\":" + issuer + "}");
            REQUIRE(document.has_value());
            service::body_reader read(document->root());
            core::claims_policy policy;
            auto const done =
                service::read_expectations(read, &with.ready, token_mode::jwt, policy);
            CHECK(done.has_value());
            CHECK(!read.finish());
            return policy.whole_issuers;
        };
        CHECK(wholes(R"(["i","short","https://login.example/a"])").empty());
        CHECK(wholes(R"("https://login.example/{tid}")") == std::vector{tenants});
        CHECK(
            wholes(R"(["spiffe://example.org","i","spiffe://example.org"])") == std::vector{domain}
        );
        for (auto const* other :
             {"https://login.example/c", "https://login.example/{tenantid}", "spiffe://example",
              "spiffe://example.org/w", "example.org", ""})
            CHECK(with.outcome(R"("issuer":")" + std::string(other) + "\"") == "issuer");
    }

    TEST_CASE("read_expectations: `issuer` gives each issuer that it names once, sorted")
    {
        profile_under_test with;
        for (auto const* name : {"j", "k"}) {
            core::trusted_issuer one;
            one.issuer = name;
            with.ready.issuers.push_back(one);
        }
        auto const named = [&](std::string const& members) {
            auto const document = core::json::document::parse("{" + members + "}");
            REQUIRE(document.has_value());
            service::body_reader read(document->root());
            core::claims_policy policy;
            return service::read_expectations(read, &with.ready, token_mode::jwt, policy).value();
        };
        CHECK(named(R"("issuer":["k","i","k"])") == std::vector<std::size_t>{0, 2});
        CHECK(named(R"("issuer":"j")") == std::vector<std::size_t>{1});
        CHECK(named(R"("audience":"a")").empty());
    }

    TEST_CASE("read_expectations: a list is charged by its length times that of the profile's")
    {
        using namespace std::chrono_literals;
        profile_under_test with;
        auto const identity = core::issuer_identity::of_spellings({"other", "i"});
        with.ready.issuers.assign(100, core::trusted_issuer{});
        for (auto& one : with.ready.issuers) {
            one.issuer = "i";
            one.identity = &identity;
        }
        with.ready.claims.audiences.assign(100, "a");
        with.ready.claims.typ.assign(100, "JWT");
        with.ready.claims.required.assign(100, "role");
        with.settings.allow_overrides = {"role"};
        for (auto const& [member, text] :
             {std::pair("issuer", "i"), std::pair("audience", "a"), std::pair("typ", "JWT"),
              std::pair("optional", "role")}) {
            CAPTURE(member);
            auto const spent = [&, name = member, one = text](std::size_t times, core::work all) {
                std::string list = "\"" + std::string(one) + "\"";
                for (std::size_t i = 1; i < times; ++i)
                    list += ",\"" + std::string(one) + "\"";
                auto const document =
                    core::json::document::parse("{\"" + std::string(name) + "\":[" + list + "]}");
                REQUIRE(document.has_value());
                service::body_reader read(document->root());
                auto policy = with.ready.claims;
                core::work_budget budget(all, {});
                auto const done =
                    service::read_expectations(read, &with.ready, token_mode::jwt, policy, &budget);
                CHECK((done.has_value() || done.error() == core::errc::work_exceeded));
                return done ? budget.spent() : core::work(-1);
            };
            auto const once = spent(1, 1s);
            CHECK(once > 500ns);
            CHECK(once < 10us);
            CHECK(spent(1000, 1s) == once * 1000);
            CHECK(spent(1000, once * 999) == core::work(-1));
        }
    }

    TEST_CASE("read_expectations: an empty list or object is refused, never taken for the default")
    {
        for (auto const* name : {"issuer", "audience", "typ", "required", "scopes", "optional"}) {
            CAPTURE(name);
            CHECK(outcome("\"" + std::string(name) + "\":[]") == name);
        }
        CHECK(outcome(R"("claims":{})") == "claims");
        CHECK(outcome(R"("checks":{})") == "checks");
        CHECK(outcome("") == "ok");
    }

    TEST_CASE("read_expectations: none in typ is exactly that word")
    {
        for (auto const* typ : {"NONE", "None", "application/none", "Application/None"}) {
            CAPTURE(typ);
            for (auto const mode : {token_mode::jwt, token_mode::jws}) {
                CHECK(outcome("\"typ\":\"" + std::string(typ) + "\"", mode) == "typ");
                CHECK(outcome("\"typ\":[\"JWT\",\"" + std::string(typ) + "\"]", mode) == "typ");
            }
        }
        CHECK(outcome(R"("typ":"none")") == "ok");
        profile_under_test const with;
        CHECK(with.outcome(R"("typ":["none","application/jwt"])") == "ok");
        CHECK(with.outcome(R"("typ":"at+jwt")") == "typ");
    }

    TEST_CASE("read_expectations: typ is narrowed by media type, whatever case it is written in")
    {
        profile_under_test with;
        with.ready.claims.typ = {"at+jwt", "application/dpop+jwt"};
        for (auto const* typ :
             {"at+jwt", "AT+JWT", "application/at+jwt", "Application/at+jwt", "APPLICATION/AT+JWT",
              "dpop+jwt", "Application/DPoP+jwt"}) {
            CAPTURE(typ);
            CHECK(with.outcome("\"typ\":\"" + std::string(typ) + "\"") == "ok");
        }
        for (auto const* typ : {"text/at+jwt", "Application/x/at+jwt", "none", "JWT"}) {
            CAPTURE(typ);
            CHECK(with.outcome("\"typ\":\"" + std::string(typ) + "\"") == "typ");
        }
    }

    TEST_CASE("read_expectations: strict_audience needs exactly one audience")
    {
        CHECK(outcome(R"("strict_audience":true)") == "strict_audience");
        CHECK(outcome(R"("strict_audience":true,"audience":["a","b"])") == "strict_audience");
        CHECK(outcome(R"("strict_audience":true,"audience":"a")") == "ok");
        profile_under_test const with;
        CHECK(with.outcome(R"("strict_audience":true)") == "strict_audience");
        CHECK(with.outcome(R"("strict_audience":true,"audience":"b")") == "ok");
    }

    TEST_CASE("read_expectations: leeway needs a time that is checked")
    {
        std::string const unchecked = R"(,"checks":{"exp":false,"nbf":false,"iat":false})";
        CHECK(outcome(R"("leeway":5)" + unchecked) == "leeway");
        CHECK(outcome(R"("leeway":5,"max_age":9)" + unchecked) == "ok");
        CHECK(outcome(R"("leeway":5,"checks":{"exp":false})") == "ok");
    }
}

TEST_SUITE("service/operations/claim_exemptions")
{
    TEST_CASE("read_exemptions: optional takes only names that something expects")
    {
        for (auto const& [name, expectation] : {
                 std::pair{"iss", R"("issuer":"i")"},
                 std::pair{"aud", R"("audience":"a")"},
                 std::pair{"sub", R"("subject":"s")"},
                 std::pair{"nonce", R"("nonce":"n")"},
                 std::pair{"role", R"("claims":{"role":"x"})"},
                 std::pair{"scope", R"("scopes":["s"])"},
                 std::pair{"scp", R"("scopes":["s"])"},
                 std::pair{"iat", R"("max_age":1)"},
                 std::pair{"at_hash", R"("access_token":"t")"},
                 std::pair{"c_hash", R"("code":"c")"},
             }) {
            CAPTURE(name);
            auto const optional = "\"optional\":[\"" + std::string(name) + "\"]";
            CHECK(outcome(optional) == "optional");
            CHECK(outcome(optional + "," + expectation) == "ok");
        }
        CHECK(outcome(R"("optional":["exp"])") == "optional");
        CHECK(outcome(R"("optional":["x"],"required":["x"])") == "optional");
        CHECK(outcome(R"("optional":["iss"],"issuer":"i","checks":{"iss":false})") == "optional");
    }

    TEST_CASE("read_exemptions: what a profile demands only by its allow_overrides, iss never")
    {
        profile_under_test const with;
        for (auto const* name : {"sub", "aud", "scope", "scp", "iat", "iss", "nonce"}) {
            CAPTURE(name);
            CHECK(with.outcome("\"optional\":[\"" + std::string(name) + "\"]") == "optional");
        }
        for (auto const* name : {"exp", "role"})
            CHECK(with.outcome("\"optional\":[\"" + std::string(name) + "\"]") == "ok");
        CHECK(with.outcome(R"("checks":{"exp":false})") == "ok");
        for (auto const* name : {"nbf", "iat", "aud", "sub", "jti", "iss"}) {
            CAPTURE(name);
            CHECK(with.outcome("\"checks\":{\"" + std::string(name) + "\":false}") == "checks");
        }
    }

    TEST_CASE("read_exemptions: at_hash is skipped only where access_token asks for it, and takes "
              "no c_hash with it")
    {
        CHECK(outcome(R"("checks":{"at_hash":false})") == "checks");
        CHECK(outcome(R"("checks":{"at_hash":false},"access_token":"t")") == "ok");
        CHECK(outcome(R"("checks":{"at_hash":false},"code":"c")") == "checks");
        CHECK(outcome(R"("checks":{"at_hash":true})") == "ok");
        CHECK(outcome(R"("checks":{"signature":false})") == "checks");
        CHECK(outcome(R"("checks":{"exp":0})") == "checks");
    }
}
