#include "core/algorithms/signature_algorithm.hpp"
#include "core/json/json.hpp"
#include "tests/service/live_service.hpp"

#include <doctest/doctest.h>

using namespace tests;

TEST_SUITE("service/endpoints/admin/health")
{
    TEST_CASE(
        "livez, readyz, healthz: 200 on the admin and the probes listener, 404 on a data listener"
    )
    {
        live_service running;
        for (std::string_view path : {"/livez", "/readyz", "/healthz"}) {
            CAPTURE(path);
            CHECK(get(running.admin_port(), path).status == 200);
            CHECK(get(running.probes_port(), path).status == 200);
            CHECK(get(running.port(), path).status == 404);
        }
        CHECK(get(running.admin_port(), "/livez").body == R"({"status":"live"})");
        CHECK(
            get(running.admin_port(), "/readyz").body == R"({"status":"ready","mode":"production"})"
        );
    }

    TEST_CASE("readyz: `verbose` lists the checks, any other query parameter is 400")
    {
        live_service running;
        auto const got = get(running.admin_port(), "/readyz?verbose");
        CHECK(got.status == 200);
        CHECK(got.body.find(R"("keys":1)") != std::string::npos);
        CHECK(get(running.admin_port(), "/readyz?verbos").status == 400);
    }

    TEST_CASE("readyz: `verbose` names the issuer that is not ready; without it nobody is named")
    {
        auto settings = live_settings();
        auto& issuer = settings.issuers.emplace_back();
        issuer.name = "corp";
        issuer.issuer = "https://id.example";
        issuer.algorithms = {"ES256"};
        issuer.fetch.emplace().jwks_uri = "http://127.0.0.1:1/jwks";
        issuer.fetch->required = true;
        live_service running(std::move(settings));
        auto const brief = get(running.admin_port(), "/readyz");
        CHECK(brief.status == 503);
        CHECK(brief.body.find("corp") == std::string::npos);
        auto const full = get(running.admin_port(), "/readyz?verbose");
        CHECK(full.status == 503);
        CHECK(member(full, "detail") == "A required issuer has no keys yet. Issuer: corp.");
    }

    TEST_CASE("readyz: `verbose` names the issuers without fresh keys")
    {
        auto settings = live_settings();
        auto& issuer = settings.issuers.emplace_back();
        issuer.name = "corp";
        issuer.issuer = "https://id.example";
        issuer.fetch.emplace().jwks_uri = "http://127.0.0.1:1/jwks";
        settings.server.startup_policy = config::startup_policy::serve_degraded;
        live_service running(std::move(settings));
        auto const full = get(running.admin_port(), "/readyz?verbose");
        CHECK(full.status == 200);
        CHECK(full.body.find(R"("issuers_without_fresh_keys":["corp"])") != std::string::npos);
    }

    TEST_CASE("readyz: health checks ignore Host and Origin, which probes do not choose")
    {
        live_service running;
        auto const got =
            ask(running.probes_port(),
                "GET /readyz HTTP/1.1\r\nHost: 10.1.2.3:9091\r\nOrigin: "
                "https://elsewhere.example\r\n\r\n");
        CHECK(got.status == 200);
    }

    TEST_CASE("version: names every library in use, and each algorithm of each")
    {
        live_service running;
        auto const text = get(running.admin_port(), "/version").body;
        auto const reply = core::json::document::parse(text);
        REQUIRE(reply.has_value());
        std::size_t algorithms = 0;
        std::string last;
        auto const providers = reply->root().find("providers");
        REQUIRE(providers.has_value());
        for (auto const one : *providers) {
            last = one.find("name")->string();
            auto const names = *one.find("algorithms");
            for (auto const name : names)
                algorithms += core::find_signature_algorithm(name.string()) != nullptr ? 1 : 0;
        }
        CHECK(last == "botan");
        CHECK(algorithms >= core::signature_algorithms.size());
    }

    TEST_CASE("probes listener: opens nothing but health and metrics")
    {
        live_service running;
        CHECK(get(running.probes_port(), "/metrics").status == 200);
        CHECK(get(running.probes_port(), "/keys").status == 404);
        CHECK(get(running.probes_port(), "/version").status == 404);
        CHECK(get(running.admin_port(), "/version").status == 200);
        CHECK(get(running.admin_port(), "/verify").status == 404);
    }
}
