#include "config/changes/issuer_changes.hpp"

#include <doctest/doctest.h>

#include <functional>

using config::continuity;
using namespace std::chrono_literals;

namespace {

config::settings fetched_issuer()
{
    config::settings with;
    auto& issuer = with.issuers.emplace_back();
    issuer.name = "corp";
    issuer.issuer = "https://id.example";
    issuer.algorithms = {"ES256"};
    issuer.fetch.emplace().jwks_uri = "https://id.example/jwks";
    return with;
}

using change = std::function<void(config::issuer_settings&)>;

continuity after(change const& how)
{
    auto const before = fetched_issuer();
    auto now = before;
    how(now.issuers[0]);
    return config::issuer_changes(before, now).at(0).how;
}

}  // namespace

TEST_SUITE("config/changes/issuer_changes")
{
    TEST_CASE("issuer_changes: nothing differs -> it stays, wherever it is in the list")
    {
        auto const before = fetched_issuer();
        auto now = before;
        now.issuers.insert(now.issuers.begin(), before.issuers[0]);
        now.issuers[0].name = "other";
        auto const changes = config::issuer_changes(before, now);
        REQUIRE(changes.size() == 2);
        CHECK(changes[0] == config::issuer_change{});
        CHECK(changes[1] == config::issuer_change{continuity::stays, 0});
    }

    TEST_CASE("issuer_changes: what its trust rests on differs -> it is a fresh one")
    {
        for (auto const& how : std::vector<change>{
                 [](auto& one) { one.name = "b"; },
                 [](auto& one) { one.issuer = "https://b.example"; },
                 [](auto& one) {
                     one.algorithms = {"ES256", "RS256"};
                 },
                 [](auto& one) { one.fetch->jwks_uri = "https://b.example/jwks"; },
                 [](auto& one) { one.fetch->jwks_uri.clear(); },
                 [](auto& one) { one.fetch->discovery = core::metadata_form::oauth; },
                 [](auto& one) { one.fetch->jwks_hosts = {"b.example"}; },
                 [](auto& one) { one.fetch->ca_file = "another authority"; },
                 [](auto& one) { one.fetch->client_cert = "another.pem"; },
                 [](auto& one) { one.fetch->client_key = "another.key"; },
                 [](auto& one) { one.fetch->credentials_to = {"b.example"}; },
                 [](auto& one) { one.fetch->allow_insecure_http = true; },
                 [](auto& one) { one.fetch->proxy_url = "http://proxy.example"; },
                 [](auto& one) { one.fetch->proxy_resolves = true; },
                 [](auto& one) { one.fetch->headers.emplace_back(); },
                 [](auto& one) { one.fetch->deny_cidrs.emplace_back(); },
                 [](auto& one) { one.fetch->allow_cidrs.emplace_back(); },
                 [](auto& one) { one.fetch.reset(); },
                 [](auto& one) {
                     one.identity = core::issuer_identity::of_trust_domain("example.org");
                 },
             })
            CHECK(after(how) == continuity::fresh);
    }

    TEST_CASE("issuer_changes: another tenant or spelling is admitted -> its keys stay")
    {
        auto before = fetched_issuer();
        auto& issuer = before.issuers[0];
        issuer.issuer = "https://login.example/{tid}/v2.0";
        issuer.identity = core::issuer_identity::of_tenants(issuer.issuer, {"a"}, {});
        auto now = before;
        now.issuers[0].identity =
            core::issuer_identity::of_tenants(issuer.issuer, {"a", "b"}, {"urn:also"});
        CHECK(config::issuer_changes(before, now)[0].how == continuity::stays);
        CHECK(config::trust_mark_of(issuer) == config::trust_mark_of(now.issuers[0]));
        now.issuers[0].identity = core::issuer_identity::of_trust_domain("example.org");
        CHECK(config::trust_mark_of(issuer) != config::trust_mark_of(now.issuers[0]));
    }

    TEST_CASE("issuer_changes: another credential, or another place for it -> it is a fresh one")
    {
        auto before = fetched_issuer();
        before.issuers[0].fetch->headers.push_back(
            {.name = "X-Key", .value = "a", .file = {}, .before = {}, .is_credential = true}
        );
        using header = config::fetch_header;
        for (auto const& how : std::vector<std::function<void(header&)>>{
                 [](header& one) { one.name = "X-Token"; },
                 [](header& one) { one.value = "b"; },
                 [](header& one) { one.file = "/run/token"; },
                 [](header& one) { one.before = "Bearer "; },
                 [](header& one) { one.is_credential = false; },
             }) {
            auto now = before;
            how(now.issuers[0].fetch->headers[0]);
            CHECK(config::issuer_changes(before, now)[0].how == continuity::fresh);
        }
        CHECK(config::issuer_changes(before, before)[0].how == continuity::stays);
    }

    TEST_CASE("issuer_changes: only times or limits differ -> its keys stay")
    {
        for (auto const& how : std::vector<change>{
                 [](auto& one) { one.fetch->cache_ttl = 1s; },
                 [](auto& one) { one.fetch->min_ttl = 1s; },
                 [](auto& one) { one.fetch->max_ttl = 1s; },
                 [](auto& one) { one.fetch->stale_if_error.reset(); },
                 [](auto& one) { one.fetch->miss_wait = 1ms; },
                 [](auto& one) { one.fetch->connect_timeout = 1ms; },
                 [](auto& one) { one.fetch->total_timeout = 1ms; },
             })
            CHECK(after(how) == continuity::renewed);
        auto const before = fetched_issuer();
        auto now = before;
        now.limits.jwks_keys = 7;
        CHECK(config::issuer_changes(before, now)[0].how == continuity::renewed);
        now = before;
        now.limits.jwks_bytes = 7000;
        CHECK(config::issuer_changes(before, now)[0].how == continuity::renewed);
    }

    TEST_CASE("issuer_changes: who may encrypt to it, and whether it is required -> it stays")
    {
        CHECK(after([](auto& one) { one.callers = {"orders"}; }) == continuity::stays);
        CHECK(after([](auto& one) { one.fetch->required = true; }) == continuity::stays);
    }

    TEST_CASE("issuer_changes: keys in the configuration -> it stays only with the same ones")
    {
        config::settings before;
        before.issuers.resize(1);
        before.issuers[0].name = "given";
        before.issuers[0].keys.keys.resize(1);
        before.issuers[0].keys.keys[0].kid = "a";
        auto now = before;
        CHECK(config::issuer_changes(before, now)[0].how == continuity::stays);
        now.issuers[0].keys.keys[0].kid = "b";
        CHECK(config::issuer_changes(before, now)[0].how == continuity::fresh);
        before.issuers[0].file = now.issuers[0].file = "keys.json";  // which its reader watches
        CHECK(config::issuer_changes(before, now)[0].how == continuity::stays);
    }

    TEST_CASE("trust_mark_of: another one whenever keys were trusted for another reason")
    {
        auto const mark = [](change const& how) {
            auto with = fetched_issuer();
            how(with.issuers[0]);
            return config::trust_mark_of(with.issuers[0]);
        };
        auto const usual = mark([](auto&) {});
        CHECK(usual == mark([](auto&) {}));
        CHECK(usual == mark([](auto& one) { one.fetch->cache_ttl = 1s; }));
        for (auto const& how : std::vector<change>{
                 [](auto& one) { one.issuer = "https://b.example"; },
                 [](auto& one) { one.algorithms = {"RS256"}; },
                 [](auto& one) { one.fetch->jwks_uri = "https://b.example/jwks"; },
                 [](auto& one) { one.fetch->jwks_hosts = {"b.example"}; },
                 [](auto& one) { one.fetch->ca_file = "another authority"; },
                 [](auto& one) { one.fetch->proxy_url = "http://proxy.example"; },
                 [](auto& one) { one.fetch->allow_insecure_http = true; },
                 [](auto& one) { one.fetch->deny_cidrs.emplace_back(); },
                 [](auto& one) { one.fetch->allow_cidrs.emplace_back(); },
             })
            CHECK(mark(how) != usual);
    }
}
