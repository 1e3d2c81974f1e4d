#include "service/observe/metric_cells.hpp"
#include "service/observe/metric_families.hpp"

#include <doctest/doctest.h>

using namespace service;
using namespace std::chrono_literals;

namespace {

using issuer_cells = metric_cells<metric_owner::issuers>;
using service_cells = metric_cells<metric_owner::service>;

label_entries two_issuers()
{
    auto all = fixed_label_entries();
    all[index_of(label::fetched_issuer)] = {{"a"}, {.text = "b", .shows_zeros = false}};
    return all;
}

struct issuer_board final : issuer_cells {
    issuer_board() : metric_cells(two_issuers()) {}
};

struct service_board final : service_cells {
    service_board() : metric_cells(fixed_label_entries()) {}
};

std::string text_of(auto const& cells)
{
    families all;
    cells.add_to(all);
    return all.text();
}

bool has(std::string const& text, std::string_view line)
{
    return text.find("\n" + std::string(line) + "\n") != std::string::npos;
}

}  // namespace

TEST_SUITE("service/observe/metric_cells")
{
    TEST_CASE("count: each combination of values has a cell of its own")
    {
        issuer_board cells;
        for (std::size_t issuer : {0U, 1U})
            for (std::size_t how = 0; how < miss_outcomes; ++how)
                for (std::size_t times = 0; times <= issuer * miss_outcomes + how; ++times)
                    cells.count<"signet_jwks_unknown_kid_total">(
                        issuer, static_cast<miss_outcome>(how)
                    );
        for (std::size_t issuer : {0U, 1U})
            for (std::size_t how = 0; how < miss_outcomes; ++how)
                CHECK(
                    cells.value<"signet_jwks_unknown_kid_total">(
                        issuer, static_cast<miss_outcome>(how)
                    )
                    == static_cast<std::int64_t>(issuer * miss_outcomes + how + 1)
                );
        CHECK(text_of(cells).find("signet_jwks_fetch_total") == std::string::npos);
        cells.count<"signet_jwks_fetch_total">(1U, core::jwks_reason{1}, fetch_outcome::metadata);
        auto const text = text_of(cells);
        CHECK(has(text, R"(signet_jwks_fetch_total{issuer="b",reason="miss",outcome="metadata"} 1)")
        );
        CHECK(has(text, R"(signet_jwks_unknown_kid_total{issuer="b",outcome="unavailable"} 14)"));
    }

    TEST_CASE("add_to: zeros are shown as the row and the entry say")
    {
        issuer_board issuers;
        auto const counted = text_of(issuers);
        CHECK(has(counted, R"(signet_jwks_unknown_kid_total{issuer="a",outcome="known"} 0)"));
        CHECK(has(counted, R"(signet_jwks_unknown_kid_total{issuer="a",outcome="unavailable"} 0)"));
        CHECK(counted.find(R"(issuer="b")") == std::string::npos);
        CHECK(counted.find("signet_jwks_fetch_total") == std::string::npos);

        service_board connections;
        auto const text = text_of(connections);
        CHECK(has(text, R"(signet_connections{listener="probes"} 0)"));
        CHECK(has(text, R"(signet_connections_refused_total{listener="unix",reason="limit"} 0)"));
        CHECK(text.find(R"(reason="address")") == std::string::npos);
        connections.count<"signet_connections_refused_total">(
            listener_kind::admin, connection_refusal::address
        );
        CHECK(
            has(text_of(connections),
                R"(signet_connections_refused_total{listener="admin",reason="address"} 1)")
        );
    }

    TEST_CASE("change: a gauge rises and falls, and says so when it is below zero")
    {
        service_board cells;
        cells.change<"signet_connections">(1, listener_kind::data);
        cells.change<"signet_connections">(1, listener_kind::data);
        cells.change<"signet_connections">(-1, listener_kind::data);
        cells.change<"signet_connections">(-1, listener_kind::admin);
        CHECK(cells.value<"signet_connections">(listener_kind::data) == 1);
        CHECK(has(text_of(cells), R"(signet_connections{listener="admin"} -1)"));
    }

    TEST_CASE("observe: a histogram per row of the algorithms, left out without samples")
    {
        service_board cells;
        auto const* const row = core::find_signature_algorithm("ES256");
        REQUIRE(row != nullptr);
        CHECK(text_of(cells).find("signet_sign_duration_seconds") == std::string::npos);
        cells.observe<"signet_sign_duration_seconds">(30us, *row);
        cells.observe<"signet_sign_duration_seconds">(-1s, *row);  // a clock that ran backwards
        cells.observe<"signet_sign_duration_seconds">(2s, *row);
        auto const text = text_of(cells);
        CHECK(has(text, R"(signet_sign_duration_seconds_bucket{alg="ES256",le="2.5e-05"} 1)"));
        CHECK(has(text, R"(signet_sign_duration_seconds_bucket{alg="ES256",le="1"} 2)"));
        CHECK(has(text, R"(signet_sign_duration_seconds_count{alg="ES256"} 3)"));
        CHECK(has(text, R"(signet_sign_duration_seconds_sum{alg="ES256"} 2.00003)"));
        CHECK(text.find(R"(alg="ES384")") == std::string::npos);
        CHECK(text.find("signet_verify_duration_seconds") == std::string::npos);
    }

    TEST_CASE("result_of: only what leaves a question open is an error")
    {
        CHECK(result_of(std::nullopt) == result_kind::ok);
        CHECK(result_of(core::errc::token_expired) == result_kind::refused);
        for (auto const code :
             {core::errc::internal, core::errc::keys_unavailable, core::errc::overloaded,
              core::errc::shutting_down})
            CHECK(result_of(code) == result_kind::error);
    }
}
