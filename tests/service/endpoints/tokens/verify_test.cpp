#include "tests/service/endpoints/tokens/token_service.hpp"

#include <doctest/doctest.h>

using namespace tests;

TEST_SUITE("service/endpoints/tokens/verify")
{
    TEST_CASE(
        "verify: the reply says whose key, which profile and how long, and repeats what was signed"
    )
    {
        live_service running(token_settings());
        auto const got =
            verified(running, signed_token(running, R"({ "sub" : "alice","name":"\u00e9" })"));
        CHECK(got.status == 200);
        CHECK(member(got, "valid") == "true");
        CHECK(member(got, "claims").starts_with(R"({ "sub" : "alice","name":"\u00e9" ,"iss":)"));
        CHECK(member(got, "issuer") == "https://tokens.example.com");
        CHECK(member(got, "profile") == "default");
        CHECK(member(got, "key_source") == "configured");
        CHECK(member(got, "unchecked") == "(absent)");
    }

    TEST_CASE("verify: a refused token is 422 with valid false and a stable code, never a 2xx")
    {
        live_service running(token_settings());
        auto const token = signed_token(running);
        for (auto const& [bad, code] : {
                 std::pair{std::string("x"), "token_malformed"},
                 std::pair{token + "=", "token_malformed"},
                 std::pair{
                     "eyJhbGciOiJub25lIn0" + token.substr(token.find('.')),
                     "algorithm_not_allowed"},
                 std::pair{token.substr(0, token.rfind('.') + 1), "signature_invalid"},
                 std::pair{std::string(20000, 'a'), "token_too_large"},
                 std::pair{signed_token(running, "{}"), "claim_missing"},
             }) {
            auto const got = verified(running, bad);
            CHECK(got.status == 422);
            CHECK(got.header("Content-Type") == "application/problem+json");
            CHECK(member(got, "valid") == "false");
            CHECK(member(got, "code") == code);
            CHECK(member(got, "type") == "urn:signet:error:" + std::string(code));
        }
    }

    TEST_CASE("verify: with a profile a request may only narrow")
    {
        live_service running(token_settings());
        auto const token = signed_token(running);
        for (auto const& [more, name] : {
                 std::pair{R"("audience":"api://other")", "audience"},
                 std::pair{R"("audience":[])", "audience"},
                 std::pair{R"("issuer":"https://other")", "issuer"},
                 std::pair{R"("typ":"at+jwt")", "typ"},
                 std::pair{R"("leeway":11)", "leeway"},
                 std::pair{R"("leeway":-1)", "leeway"},
                 std::pair{R"("max_age":-1)", "max_age"},
                 std::pair{R"("checks":{"exp":false})", "checks"},
                 std::pair{R"("checks":{"iss":false})", "checks"},
                 std::pair{R"("checks":{"xyz":false})", "checks"},
                 std::pair{R"("optional":["sub"])", "optional"},
                 std::pair{R"("optional":["aud"])", "optional"},
                 std::pair{R"("algorithms":["XX"])", "algorithms"},
                 std::pair{R"("algorithms":[])", "algorithms"},
                 std::pair{R"("mode":"jws")", "mode"},
                 std::pair{R"("payload":"x")", "payload"},
                 std::pair{R"("payload_b64":"eA")", "payload_b64"},
                 std::pair{R"("typ":[])", "typ"},
                 std::pair{R"("typ":"NONE")", "typ"},
                 std::pair{R"("profile":"nobody")", "profile"},
                 std::pair{R"("algorithm":"ES256")", "algorithm"},
             }) {
            CAPTURE(more);
            auto const got = verified(running, token, "," + std::string(more));
            CHECK(got.status == 400);
            CHECK(member(got, "code") == "request_invalid");
            CHECK(member(got, "member") == name);
        }
        auto const narrowed =
            R"(,"audience":["api://orders"],"issuer":"https://tokens.example.com","leeway":0,"typ":"JWT","required":["iat"],"max_age":60,"algorithms":["ES256"])";
        CHECK(verified(running, token, narrowed).status == 200);
    }

    TEST_CASE("verify: allow_overrides lets a request skip exactly what it names")
    {
        auto settings = token_settings();
        settings.verify_profiles["default"].allow_overrides = {"exp", "sub"};
        live_service running(std::move(settings));
        auto const token = signed_token(running, "{}");
        CHECK(verified(running, token, R"(,"optional":["sub"])").status == 200);
        CHECK(
            member(verified(running, token, R"(,"optional":["sub"],"required":["sub"])"), "member")
            == "optional"
        );
        CHECK(verified(running, token, R"(,"checks":{"exp":false})").status == 422);
        CHECK(verified(running, token, R"(,"checks":{"aud":false})").status == 400);
    }

    TEST_CASE("verify: a profile of mode jws checks its typ, which a request may narrow")
    {
        auto settings = token_settings();
        auto& pay = settings.verify_profiles["pay"];
        pay.name = "pay";
        pay.mode = config::token_kind::jws;
        pay.series = {"sig"};
        pay.typ = {"receipt", "none"};
        auto& wide = settings.verify_profiles["wide"] = pay;
        wide.name = "wide";
        wide.typ = {"receipt", "JWT"};
        live_service running(std::move(settings));
        auto const jwt = signed_token(running);
        auto const got = verified(running, jwt, R"(,"profile":"pay")");
        CHECK(got.status == 422);
        CHECK(member(got, "code") == "type_mismatch");
        CHECK(verified(running, jwt, R"(,"profile":"wide")").status == 200);
        CHECK(verified(running, jwt, R"(,"profile":"wide","typ":"JWT")").status == 200);
        CHECK(verified(running, jwt, R"(,"profile":"wide","typ":"receipt")").status == 422);
        CHECK(member(verified(running, jwt, R"(,"profile":"pay","typ":"JWT")"), "member") == "typ");
        CHECK(
            member(verified(running, jwt, R"(,"profile":"pay","subject":"alice")"), "member")
            == "subject"
        );
    }

    TEST_CASE("verify: expectations of the request are added to the profile's")
    {
        live_service running(token_settings());
        auto const token = signed_token(running, R"({"sub":"alice","scope":"read write"})");
        for (auto const& [more, code] : {
                 std::pair{R"("subject":"bob")", "subject_mismatch"},
                 std::pair{R"("nonce":"n")", "claim_missing"},
                 std::pair{R"("claims":{"scope":"x"})", "claim_invalid"},
                 std::pair{R"("scopes":["read","delete"])", "scope_insufficient"},
                 std::pair{R"("algorithms":["RS256"])", "algorithm_not_allowed"},
                 std::pair{R"("access_token":"x")", "claim_missing"},
             }) {
            CAPTURE(more);
            auto const got = verified(running, token, "," + std::string(more));
            CHECK(got.status == 422);
            CHECK(member(got, "code") == code);
        }
        CHECK(
            verified(running, token, R"(,"scopes":["write"],"claims":{"sub":"alice"})").status
            == 200
        );
    }

    TEST_CASE("verify: inline keys need an allow-list unless each names its alg, and cannot be "
              "combined with a profile")
    {
        live_service running(token_settings());
        auto const secret = std::string(R"("secret":"0123456789abcdef0123456789abcdef")");
        auto const token =
            member(post(running, "/sign", R"({"claims":{"sub":"a"},)" + secret + "}"), "token");
        CHECK(member(verified(running, token, "," + secret), "member") == "algorithms");
        auto const got = verified(running, token, "," + secret + R"(,"algorithms":["HS256"])");
        CHECK(got.status == 200);
        CHECK(member(got, "key_source") == "inline");
        CHECK(
            member(
                verified(
                    running, token, "," + secret + R"(,"algorithms":["HS256"],"profile":"default")"
                ),
                "member"
            )
            == "profile"
        );
        CHECK(
            member(verified(running, token, R"(,"secret":"x","algorithms":["HS256"])"), "code")
            == "key_invalid"
        );
    }

    TEST_CASE("verify: a title is given in the language that is asked for, the detail stays English"
    )
    {
        live_service running(token_settings());
        auto const got =
            ask(running.port(),
                post_text("/verify", R"({"token":"x"})", "Accept-Language: de-CH, en;q=0.5\r\n"));
        CHECK(member(got, "code") == "token_malformed");
        CHECK(member(got, "title") != member(verified(running, "x"), "title"));
    }

    TEST_CASE("verify: an issuer without any usable key is 503 keys_unavailable")
    {
        auto settings = token_settings();
        live_service signing(token_settings());
        auto const token = signed_token(signing);
        settings.keys.front().publish_at = service::system_now() + std::chrono::hours{1};
        settings.keys.front().activate_at = service::system_now() + std::chrono::hours{2};
        live_service running(std::move(settings));
        auto const got = verified(running, token);
        CHECK(got.status == 503);
        CHECK(member(got, "code") == "keys_unavailable");
        CHECK(member(got, "valid") == "(absent)");
    }

    TEST_CASE("verify: several keys of another issuer fit a token, and none is named: key_ambiguous"
    )
    {
        auto settings = token_settings();
        auto const fresh_key = [] { return live_settings().keys.front().key; };
        config::issuer_settings other;
        other.name = "other";
        other.issuer = "https://id.example.com";
        other.algorithms = {"ES256"};
        other.keys.keys = {fresh_key(), fresh_key()};
        settings.issuers = {other};
        settings.verify_profiles["default"].issuers = {"other"};
        live_service running(std::move(settings));
        auto const got = verified(running, signed_token(running));
        CHECK(got.status == 422);
        CHECK(member(got, "code") == "key_ambiguous");
    }

    TEST_CASE("verify: an issuer's keys of use enc are not candidates, and make nothing ambiguous")
    {
        auto settings = token_settings();
        config::issuer_settings other;
        other.name = "other";
        other.issuer = settings.issuer;
        other.algorithms = {"ES256"};
        auto signing = settings.keys.front().key;
        auto encrypting = live_settings().keys.front().key;
        encrypting.use = core::key_use::enc;
        signing.kid = encrypting.kid = "";
        other.keys.keys = {encrypting, signing};
        settings.issuers = {other};
        settings.verify_profiles["default"].issuers = {"other"};
        live_service running(settings);
        CHECK(verified(running, signed_token(running)).status == 200);
        settings.issuers.front().keys.keys = {encrypting};
        live_service without(settings);
        CHECK(member(verified(without, signed_token(running)), "code") == "key_not_found");
    }

    TEST_CASE("verify batch: results in order with their status; one refusal makes the whole 422")
    {
        live_service running(token_settings());
        auto const token = signed_token(running);
        auto const got = post(running, "/verify/batch", R"({"tokens":[")" + token + R"(","x"]})");
        CHECK(got.status == 422);
        CHECK(got.body.starts_with(R"({"results":[{"valid":true)"));
        CHECK(got.body.find(R"("code":"token_malformed")") != std::string::npos);
        CHECK(post(running, "/verify/batch", R"({"tokens":[")" + token + R"("]})").status == 200);
        CHECK(
            post(
                running, "/verify/batch",
                R"({"items":[{"token":")" + token + R"("}],"audience":"api://orders"})"
            )
                .status
            == 200
        );
        CHECK(
            post(running, "/verify/batch", R"({"tokens":[")" + token + R"("],"leeway":"x"})").status
            == 400
        );
        CHECK(post(running, "/verify/batch", R"({"tokens":[1]})").status == 400);
        CHECK(post(running, "/verify/batch", R"({"tokens":["x"],"items":[]})").status == 400);
        std::string many = "{\"tokens\":[\"x\"";
        for (int i = 0; i < 256; ++i)
            many += ",\"x\"";
        CHECK(post(running, "/verify/batch", many + "]}").status == 400);
    }
}
