#include "core/jws/make_jws.hpp"
#include "core/jws/serialization.hpp"
#include "core/keys/jwk.hpp"
#include "tests/service/endpoints/tokens/token_service.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <unistd.h>

using namespace tests;

namespace {

constexpr core::instant now{std::chrono::seconds{1'000'000}};
constexpr std::string_view orders_sub = "system:serviceaccount:shop:orders";

core::jwk es256_key(std::string kid)
{
    core::jwk key;
    key.material = core::crypto::generate(core::key_family::p256, 0).value();
    key.alg = "ES256";
    key.kid = std::move(kid);
    return key;
}

std::string signed_by(core::jwk const& key, std::string_view claims)
{
    auto const with =
        core::crypto::make_signer(key.material, *core::find_signature_algorithm("ES256"), false)
            .value();
    auto const header = R"({"alg":"ES256","kid":")" + key.kid + "\"}";
    std::vector<core::jws_signing> const signers{{header, with.get()}};
    return core::make_jws(
               signers, core::as_bytes(claims), core::serialization::compact, true, false
    )
        .value();
}

/// The claims of a good token, with one changed; an empty value leaves it out.
std::string claims_with(std::string_view name = "", std::string_view value = "")
{
    std::string text;
    auto const add = [&](std::string_view member, std::string_view json) {
        auto const shown = member == name ? value : json;
        if (!shown.empty())
            text.append(text.empty() ? "{\"" : ",\"").append(member).append("\":").append(shown);
    };
    add("iss", R"("https://cluster.example")");
    add("sub", R"("system:serviceaccount:shop:orders")");
    add("aud", R"(["signet"])");
    add("iat", "999990");
    add("exp", "1000600");
    add("cnf", "");
    return text + "}";
}

/// A service whose callers are workloads of a cluster.
struct world {
    core::jwk cluster_key = es256_key("k1");
    config::settings settings = token_settings();

    world()
    {
        config::issuer_settings cluster;
        cluster.name = "cluster";
        cluster.issuer = "https://cluster.example";
        cluster.algorithms = {"ES256"};
        cluster.keys.keys = {cluster_key};
        settings.issuers = {cluster};
        config::verify_profile profile;
        profile.name = "cluster";
        profile.is_for_callers = true;
        profile.issuers = {"cluster"};
        profile.audiences = {"signet"};
        profile.leeway = std::chrono::seconds{0};
        profile.max_lifetime = std::chrono::hours{1};
        settings.verify_profiles["cluster"] = profile;
        config::caller_settings workload;
        workload.name = "workload";
        workload.jwt = config::caller_token{"cluster", cluster.issuer, std::string(orders_sub)};
        settings.callers.push_back(workload);
        settings.sign_profiles["default"].callers.push_back("workload");
    }

    std::string token(std::string_view name = "", std::string_view value = "") const
    {
        return signed_by(cluster_key, claims_with(name, value));
    }
};

answer sign_with(live_service& running, std::string_view bearer)
{
    auto const field = "Authorization: Bearer " + std::string(bearer) + "\r\n";
    return ask(running.port(), post_text("/sign", R"({"claims":{"sub":"a"}})", field));
}

}  // namespace

TEST_SUITE("service/operations/sender")
{
    TEST_CASE("find_sender: a token of the caller's subject is as good as a secret")
    {
        world const with;
        live_service running(with.settings, [] { return now; });
        CHECK(sign_with(running, with.token()).status == 200);
        CHECK(sign_with(running, with.token()).status == 200);  // remembered or not
        CHECK(sign_with(running, caller_secret).status == 200);
    }

    TEST_CASE("find_sender: a token that its profile refuses is nobody's, and the reply says why")
    {
        world with;
        with.settings.inline_keys = {};  // strangers have nothing to ask on /sign
        live_service running(with.settings, [] { return now; });
        auto const check_refused = [&](std::string const& token, std::string_view why) {
            CAPTURE(why);
            auto const got = sign_with(running, token);
            CHECK(got.status == 401);
            CHECK(member(got, "code") == "caller_unauthenticated");
            CHECK(member(got, "detail") == why);
            CHECK(got.header("WWW-Authenticate") == "Bearer");
        };
        auto const refused = [](std::string const& code) {
            return "The bearer token was refused: " + code + ".";
        };
        check_refused(with.token("aud", R"("api://orders")"), refused("audience_mismatch"));
        check_refused(with.token("aud"), refused("claim_missing"));
        check_refused(with.token("exp"), refused("claim_missing"));
        check_refused(with.token("exp", "1000000"), refused("token_expired"));
        check_refused(with.token("iat"), refused("claim_missing"));
        check_refused(with.token("exp", "1003591"), refused("claim_invalid"));  // over an hour
        check_refused(with.token("cnf", R"({"jkt":"x"})"), refused("claim_invalid"));
        check_refused(signed_by(es256_key("k1"), claims_with()), refused("signature_invalid"));
        check_refused(signed_by(es256_key("k2"), claims_with()), refused("key_not_found"));
        std::string_view const nobody = "The bearer token is good, but belongs to no caller.";
        check_refused(with.token("sub", R"("system:serviceaccount:shop:bills")"), nobody);
        check_refused(with.token("sub"), nobody);
        check_refused(with.token("sub", "\"\""), nobody);
    }

    TEST_CASE("find_sender: a token that costs more than a stranger may is not even read")
    {
        world with;
        with.settings.inline_keys = {};
        with.settings.limits.stranger_work = {};
        live_service running(with.settings, [] { return now; });
        auto const got = sign_with(running, with.token());
        CHECK(got.status == 401);
        CHECK(member(got, "detail") == "The bearer token was refused: work_exceeded.");
        CHECK(sign_with(running, caller_secret).status == 200);  // that takes no budget
    }

    TEST_CASE("find_sender: a token of another issuer, or none at all, proves nothing")
    {
        world with;
        with.settings.inline_keys = {};
        live_service running(with.settings, [] { return now; });
        auto const other =
            signed_by(with.cluster_key, claims_with("iss", R"("https://a.example")"));
        for (auto const& bearer :
             {other, with.token("iss"), std::string("a.b.c"), std::string("a..c"),
              with.token() + ".", with.token() + ".x", std::string("not-a-token")}) {
            CAPTURE(bearer);
            auto const got = sign_with(running, bearer);
            CHECK(got.status == 401);
            CHECK(member(got, "detail") == "The bearer credential belongs to no caller.");
        }
    }

    TEST_CASE(
        "find_sender: without the issuer's keys it cannot be decided, and that is not a refusal"
    )
    {
        world with;
        with.settings.inline_keys = {};
        with.settings.issuers[0].keys = {};
        live_service running(with.settings, [] { return now; });
        auto const got = sign_with(running, with.token());
        CHECK(got.status == 503);
        CHECK(member(got, "code") == "keys_unavailable");
    }

    TEST_CASE("find_sender: a key of ours in the issuer's set makes nobody a caller")
    {
        world with;
        with.settings.inline_keys = {};
        auto ours = with.settings.keys.front().key;
        with.settings.issuers[0].keys.keys.push_back(ours);
        live_service running(with.settings, [] { return now; });
        auto const got = sign_with(running, signed_by(ours, claims_with()));
        CHECK(got.status == 401);
        CHECK(member(got, "detail") == "The bearer token was refused: key_not_found.");
        CHECK(sign_with(running, with.token()).status == 200);
    }

    TEST_CASE("find_sender: a profile for callers verifies nothing else")
    {
        world const with;
        live_service running(with.settings, [] { return now; });
        auto const token = with.token();
        auto const got = verified(running, token, R"(,"profile":"cluster")");
        CHECK(got.status == 400);
        CHECK(member(got, "member") == "profile");
        CHECK(verified(running, token).status == 422);
        auto settings = with.settings;
        settings.server.default_auth_profile = "cluster";
        live_service gateway(settings, [] { return now; });
        CHECK(
            get(gateway.port(), "/auth", "Authorization: Bearer " + token + "\r\n").status == 503
        );
    }

    TEST_CASE("find_sender: a caller's token on /auth is only a token")
    {
        world const with;
        live_service running(with.settings, [] { return now; });
        auto const got =
            get(running.port(), "/auth", "Authorization: Bearer " + with.token() + "\r\n");
        CHECK(got.status == 401);
    }

    TEST_CASE("find_sender: a peer that is one caller and a token of another are refused everywhere"
    )
    {
        world with;
        auto pattern = (std::filesystem::temp_directory_path() / "signet-sender-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        auto const path = pattern + "/s.sock";
        config::listener local;
        local.address.unix_path = path;
        local.endpoints = config::endpoints::all();
        with.settings.server.listen.push_back(local);
        config::caller_settings me;
        me.name = "me";
        me.uid = ::getuid();
        with.settings.callers.push_back(me);
        with.settings.sign_profiles["default"].callers.push_back("me");
        {
            live_service running(with.settings, [] { return now; });
            auto const over_unix = [&](std::string_view where, std::string_view bearer) {
                connection one(path);
                auto const field = bearer.empty()
                    ? std::string()
                    : "Authorization: Bearer " + std::string(bearer) + "\r\n";
                return one.exchange(post_text(where, R"({"claims":{"sub":"a"}})", field));
            };
            CHECK(over_unix("/sign", "").status == 200);
            CHECK(over_unix("/sign", "what is nobody's secret is ignored").status == 200);
            for (std::string_view where : {"/sign", "/sign/batch", "/inspect", "/verify"}) {
                CAPTURE(where);
                for (auto const& bearer : {with.token(), std::string(caller_secret)}) {
                    auto const got = over_unix(where, bearer);
                    CHECK(got.status == 401);
                    CHECK(member(got, "code") == "caller_unauthenticated");
                    CHECK(
                        member(got, "detail")
                        == "The credentials of the request belong to two callers."
                    );
                }
            }
        }
        std::filesystem::remove_all(pattern);
    }
}
