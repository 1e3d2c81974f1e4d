#include "tests/service/endpoints/tokens/sealed_service.hpp"

#include <doctest/doctest.h>

using namespace tests;

namespace {

config::settings on_one_thread(config::settings with)
{
    with.server.threads = 1;
    return with;
}

answer auth(live_service& at, std::string_view token)
{
    return get(at.port(), "/auth", "Authorization: Bearer " + std::string(token) + "\r\n");
}

service::token_caches::figures figures(live_service& of)
{
    return of.app().shared().tokens.sum();
}

}  // namespace

TEST_SUITE("service/endpoints/gateways/auth_memory")
{
    TEST_CASE("auth: a token that was good twice is remembered, for /verify too")
    {
        live_service running(on_one_thread(token_settings()));
        auto const token = signed_token(running);
        auto const first = auth(running, token);
        CHECK(first.status == 200);
        for (int i = 0; i < 3; ++i) {
            auto const again = auth(running, token);
            CHECK(again.status == 200);
            CHECK(again.header("X-Auth-Subject") == "alice");
        }
        CHECK(figures(running).admitted == 1);
        CHECK(figures(running).hits == 2);
        CHECK(member(verified(running, token), "valid") == "true");
        CHECK(figures(running).hits == 3);
    }

    TEST_CASE("verify: what one profile learned never answers for another one")
    {
        live_service running(on_one_thread(token_settings()));
        auto const token = signed_token(running);
        for (int i = 0; i < 3; ++i)
            CHECK(verified(running, token).status == 200);
        auto const strict = verified(running, token, R"(,"profile":"scoped")");
        CHECK(strict.status == 422);
        CHECK(member(strict, "code") == "claim_missing");
        auto const other = verified(running, token, R"(,"subject":"bob")");
        CHECK(member(other, "code") == "subject_mismatch");
        CHECK(figures(running).hits == 3);  // only the signature was remembered
    }

    TEST_CASE("metrics: the cache of verified tokens shows what it does and what it takes")
    {
        live_service running(on_one_thread(token_settings()));
        auto const token = signed_token(running);
        for (int i = 0; i < 4; ++i)
            auth(running, token);
        auto const text = get(running.admin_port(), "/metrics").body;
        for (auto const* line :
             {"\nsignet_token_cache_hits_total 2", "\nsignet_token_cache_misses_total 2",
              "\nsignet_token_cache_admitted_total 1", "\nsignet_token_cache_evicted_total 0"})
            CHECK_MESSAGE(text.find(line) != std::string::npos, line);
        auto const octets = figures(running).octets;
        CHECK(octets > 0);
        CHECK(octets <= running.app().shared().settings()->limits.token_cache_bytes);
        CHECK(text.find("\nsignet_token_cache_bytes ") != std::string::npos);
    }

    TEST_CASE("auth: a profile with `cache: false`, and a limit of 0, remember nothing")
    {
        auto without = on_one_thread(token_settings());
        without.verify_profiles["default"].cache = false;
        auto off = on_one_thread(token_settings());
        off.limits.token_cache_bytes = 0;
        for (auto const& settings : {without, off}) {
            live_service running(settings);
            auto const token = signed_token(running);
            for (int i = 0; i < 4; ++i)
                CHECK(auth(running, token).status == 200);
            CHECK(figures(running).hits == 0);
            CHECK(figures(running).octets == 0);
        }
    }

    TEST_CASE("verify: keys in a request, batches and nested tokens remember nothing")
    {
        live_service running(on_one_thread(sealed_settings()));
        auto const nested = nested_token(running);
        auto const token = signed_token(running);
        auto const inline_key = R"({"algorithms":["HS256"],)"
                                R"("secret":"0123456789abcdef0123456789abcdef","token":")"
            + member(post(
                         running, "/sign",
                         R"({"claims":{},"secret":"0123456789abcdef0123456789abcdef"})", true
                     ),
                     "token")
            + "\"}";
        for (int i = 0; i < 4; ++i) {
            auto const of_nested = R"({"profile":"nested","token":")" + nested + "\"}";
            CHECK(post(running, "/verify", of_nested, true).status == 200);
            CHECK(post(running, "/verify", inline_key, true).status == 200);
            CHECK(
                post(running, "/verify/batch", "{\"tokens\":[\"" + token + "\"]}", true).status
                == 200
            );
        }
        CHECK(figures(running).hits == 0);
        CHECK(figures(running).misses == 0);
        CHECK(figures(running).octets == 0);
    }

    TEST_CASE("auth: a remembered token expires in the moment when any other would")
    {
        auto moment = std::make_shared<std::atomic<std::int64_t>>(1'000'000);
        auto settings = on_one_thread(token_settings());
        settings.verify_profiles["default"].leeway = std::chrono::seconds(0);
        live_service running(settings, [moment] {
            return core::instant(std::chrono::seconds(moment->load()));
        });
        auto const token = signed_token(running);  // lives for 60 s
        for (int i = 0; i < 4; ++i)
            CHECK(auth(running, token).status == 200);
        CHECK(figures(running).hits == 2);
        *moment = 1'000'059;
        CHECK(auth(running, token).status == 200);
        *moment = 1'000'060;
        auto const late = auth(running, token);
        CHECK(late.status == 401);
        CHECK(late.header("WWW-Authenticate").find("token_expired") != std::string::npos);
    }
}
