#include "service/observe/metrics.hpp"
#include "tests/service/live_service.hpp"

#include <doctest/doctest.h>

using namespace service;
using namespace std::chrono_literals;
using core::errc;

namespace {

config::settings one_profile()
{
    auto with = tests::live_settings();
    config::verify_profile profile;
    profile.name = "default";
    profile.issuers = {"self"};
    with.verify_profiles["default"] = profile;
    return with;
}

bool has(std::string const& text, std::string_view line)
{
    return text.find(std::string(line) + "\n") != std::string::npos;
}

}  // namespace

TEST_SUITE("service/observe/metrics")
{
    TEST_CASE("metrics: verify_total and sign_total by configured labels, all else is `other`")
    {
        metrics counters(one_profile(), {"other", "/verify"});
        auto const profile = counters.profile_index("default");
        auto const self = counters.issuer_index("self");
        CHECK(counters.profile_index("never heard of") == metrics::other);
        counters.count<"signet_verify_total">(profile, self, std::nullopt);
        counters.count<"signet_verify_total">(profile, self, errc::token_expired);
        counters.count<"signet_verify_total">(profile, self, errc::token_expired);
        counters.count<"signet_verify_total">(
            counters.profile_index("x"), counters.issuer_index("y"), errc::keys_unavailable
        );
        counters.count<"signet_sign_total">(counters.key_index("sig"), errc::claims_forbidden);
        auto const text = counters.text({});
        CHECK(has(
            text, R"(signet_verify_total{profile="default",issuer="self",result="ok",code="ok"} 1)"
        ));
        CHECK(has(
            text,
            R"(signet_verify_total{profile="default",issuer="self",result="refused",code="token_expired"} 2)"
        ));
        CHECK(has(
            text,
            R"(signet_verify_total{profile="other",issuer="other",result="error",code="keys_unavailable"} 1)"
        ));
        CHECK(has(text, R"(signet_sign_total{key="sig",result="ok"} 0)"));
        CHECK(has(text, R"(signet_sign_total{key="sig",result="refused"} 1)"));
    }

    TEST_CASE("metrics: histograms are cumulative, from 25 microseconds to a second")
    {
        metrics counters(one_profile(), {"other", "/verify"});
        for (auto const took : {25us, 26us, 1000000us, 1000001us}) {
            counters.count<"signet_http_requests_total">(1U, 200U);
            counters.observe<"signet_http_request_duration_seconds">(took, 1U);
        }
        auto const text = counters.text({});
        CHECK(has(text, R"(signet_http_requests_total{route="/verify",status="200"} 4)"));
        CHECK(has(
            text, R"(signet_http_request_duration_seconds_bucket{route="/verify",le="2.5e-05"} 1)"
        ));
        CHECK(has(
            text, R"(signet_http_request_duration_seconds_bucket{route="/verify",le="5e-05"} 2)"
        ));
        CHECK(has(text, R"(signet_http_request_duration_seconds_bucket{route="/verify",le="1"} 3)")
        );
        CHECK(
            has(text, R"(signet_http_request_duration_seconds_bucket{route="/verify",le="+Inf"} 4)")
        );
        CHECK(has(text, R"(signet_http_request_duration_seconds_count{route="/verify"} 4)"));
    }

    TEST_CASE("metrics: key states, mode, build and process figures")
    {
        auto with = one_profile();
        with.dev = true;
        metrics counters(with, {"other"});
        core::key_ring const ring(with.keys);
        auto const view = ring.view_at(system_now());
        auto const text = counters.text(view);
        auto const kid = with.keys[0].key.kid;
        CHECK(has(text, "signet_key_state{key=\"sig\",kid=\"" + kid + "\",state=\"active\"} 1"));
        CHECK(has(text, "signet_key_state{key=\"sig\",kid=\"" + kid + "\",state=\"staged\"} 0"));
        CHECK(has(text, "signet_dev_mode 1"));
        CHECK(has(text, R"(signet_build_info{version=")" SIGNET_VERSION R"("} 1)"));
        CHECK(has(text, R"(signet_crypto_provider_info{algorithm="ES384",provider="botan"} 1)"));
        for (std::string_view name :
             {"process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds",
              "process_start_time_seconds"}) {
            CAPTURE(name);
            auto const at = text.find("\n" + std::string(name) + " ");
            REQUIRE(at != std::string::npos);
            CHECK(std::stod(text.substr(at + name.size() + 2)) > 0);
        }
    }

    TEST_CASE(
        "GET /metrics: what a request did is there afterwards, also what was no request at all"
    )
    {
        tests::live_service running;
        tests::get(running.port(), "/.well-known/jwks.json");
        tests::get(running.port(), "/no/such/path");
        tests::ask(running.port(), "nonsense\n");
        auto const got = tests::get(running.admin_port(), "/metrics");
        CHECK(got.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
        CHECK(has(
            got.body, R"(signet_http_requests_total{route="/.well-known/jwks.json",status="200"} 1)"
        ));
        CHECK(has(got.body, R"(signet_http_requests_total{route="other",status="404"} 1)"));
        CHECK(has(got.body, R"(signet_http_requests_total{route="other",status="400"} 1)"));
        CHECK(got.body.find("no/such") == std::string::npos);
    }
}
